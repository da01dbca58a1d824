import type { AnswerEvent } from '@halftone/chat';
import type { ChatPromptRequest } from '@halftone/conversation';
import type { JsonSchema } from '@halftone/grammar';
import type { EndReason, Pooling, SamplingOptions } from '@halftone/runtime';

/** What a model goes on with. */
export type Prompt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] }
  | { readonly kind: 'chat'; readonly chat: ChatPromptRequest };

/** Which calls of tools an answer may have. */
export interface CallRules {
  /** `auto`: as the model likes; `none`; `required`: at least one; or one of this tool. */
  readonly choice: 'auto' | 'none' | 'required' | { readonly name: string };
  /** Whether there may be several. */
  readonly isParallel: boolean;
}

/** What an answer may be: JSON by a schema; what the rule `root` of a grammar in GBNF says; what a regular expression matches. */
export type AnswerForm =
  | {
      readonly kind: 'json';
      readonly schema: JsonSchema;
      /** Refuse words of the schema that are not followed. */
      readonly isExact?: boolean;
    }
  | { readonly kind: 'grammar' | 'pattern'; readonly text: string };

/** A text that is asked for. Plain data: it passes to another thread. */
export interface GenerationRequest {
  readonly prompt: Prompt;
  readonly sampling: SamplingOptions;
  /** At most so many tokens; as many as the context has room for when left out. */
  readonly maxTokens?: number | undefined;
  /** Strings that end the text where they begin. */
  readonly stop?: readonly string[] | undefined;
  /** How many of the likeliest tokens are told beside each token; no log-probabilities when left out. */
  readonly topLogprobs?: number | undefined;
  /** Which calls of the tools in a conversation there may be. When left out, the arguments of calls are not bound to their schemas. */
  readonly calls?: CallRules | undefined;
  /** What the whole answer has to be. */
  readonly form?: AnswerForm | undefined;
  /** Use what the cache holds of the prompt. True when left out. */
  readonly useCache?: boolean | undefined;
  /** Who asks: waiting requests are taken in turn by client. */
  readonly client: string;
}

/** A token with its natural log-probability, before samplers change it. */
export interface TokenLogprob {
  readonly token: number;
  readonly text: string;
  readonly logprob: number;
}

/** A token of the text, and the likeliest in its place. */
export interface WrittenToken extends TokenLogprob {
  readonly top: readonly TokenLogprob[];
}

/** Tokens of a request. */
export interface GenerationUsage {
  readonly promptTokens: number;
  /** Tokens of the prompt that the cache held. */
  readonly cachedTokens: number;
  readonly writtenTokens: number;
}

/** How long a request took, in milliseconds. */
export interface GenerationTimes {
  readonly waiting: number;
  readonly reading: number;
  readonly writing: number;
}

/** What comes of a {@link GenerationRequest}: `started`, then `answer` any number of times, then `end`. */
export type GenerationEvent =
  | { readonly kind: 'started'; readonly promptTokens: number; readonly cachedTokens: number }
  | {
      readonly kind: 'answer';
      readonly events: readonly AnswerEvent[];
      readonly tokens: readonly WrittenToken[];
    }
  | {
      readonly kind: 'end';
      readonly reason: EndReason;
      readonly stop: string | undefined;
      readonly usage: GenerationUsage;
      readonly times: GenerationTimes;
    };

/** An event of one of the texts that were asked for together. */
export interface IndexedEvent {
  readonly index: number;
  readonly event: GenerationEvent;
}

/** A text whose vectors are asked for. Plain data: it passes to another thread. */
export interface EmbeddingRequest {
  readonly prompt: Prompt;
  /** Leave out what does not fit into the context, instead of refusing the text. False when left out. */
  readonly mayCut?: boolean | undefined;
  /** Who asks: waiting requests are taken in turn by client. */
  readonly client: string;
}

/** A text as vectors. */
export interface Embedding {
  /** One, or one for each token where the pooling is `none`; not normalised. */
  readonly vectors: readonly Float32Array[];
  readonly promptTokens: number;
}

/** What is served. */
export interface ServedModel {
  /** The file's name without its folder. */
  readonly name: string;
  readonly architecture: string;
  readonly parameters: number;
  /** Bytes of the weights. */
  readonly size: number;
  readonly vocabulary: number;
  /** Numbers of a vector. */
  readonly embeddingLength: number;
  /** How texts become vectors. */
  readonly pooling: Pooling;
  /** Tokens of one conversation at most. */
  readonly contextLength: number;
  /** Tokens of a conversation that the model was made for. */
  readonly trainedContextLength: number;
  readonly slots: number;
  readonly backend: string;
  readonly chatTemplate: string | undefined;
  readonly beginningText: string;
  readonly endText: string;
  /** Tokens with which a text ends. */
  readonly endTokens: readonly number[];
}

/** A request that is being worked on. */
export interface SlotStatus {
  readonly id: number;
  readonly isReading: boolean;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly readTokens: number;
  readonly writtenTokens: number;
}

/** Why the cache held no more of the last prompt in a slot: the first token that was another one. Told to its client alone. */
export interface CacheDifference {
  readonly slot: number;
  readonly client: string;
  /** Tokens that the prompt and the conversation in the cache have in common. */
  readonly position: number;
  /** The text before that place. */
  readonly before: string;
  /** What stands there in the cache, and behind it. */
  readonly cached: DifferingText;
  /** What stands there in the prompt, and behind it. */
  readonly prompt: DifferingText;
}

/** A side of a {@link CacheDifference}. */
export interface DifferingText {
  readonly token: number;
  readonly text: string;
}

/** Whose conversations are saved and restored. */
export interface SlotOwner {
  readonly client: string;
  /** The client's own folder within the folder for conversations; `undefined` where all clients share that one. */
  readonly folder?: string | undefined;
}

/** A conversation that was written to a file, or read from one. */
export interface SlotTransfer {
  readonly tokens: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

/** What an engine is doing, and what it has done since it began. */
export interface EngineStatus {
  readonly slots: readonly SlotStatus[];
  /** The last one of each slot, where the engine was opened with `explainCache`. */
  readonly differences: readonly CacheDifference[];
  readonly waiting: number;
  readonly cells: number;
  readonly freeCells: number;
  /** Conversations that are kept though nobody works on them. */
  readonly keptConversations: number;
  readonly readTokens: number;
  readonly cachedTokens: number;
  readonly writtenTokens: number;
  readonly readingMilliseconds: number;
  readonly writingMilliseconds: number;
  readonly steps: number;
}

/** A token and its text. */
export interface TokenText {
  readonly token: number;
  readonly text: string;
}

/** A model that answers many requests at once. All that it throws is an `EngineError`. */
export interface Engine {
  readonly model: ServedModel;
  /**
   * Several texts of one client: all are taken in or none is, and when one fails, the others end with it. The events come as soon as they
   * happen. Who stops before the end, or aborts the signal, frees what the texts took.
   */
  generate(requests: readonly GenerationRequest[], signal: AbortSignal): AsyncIterable<IndexedEvent>;
  /** A text as vectors. Who aborts the signal frees what the request took. */
  embed(request: EmbeddingRequest, signal: AbortSignal): Promise<Embedding>;
  /** A text in tokens. */
  tokenize(text: string, options: TokenizeOptions): Promise<readonly TokenText[]>;
  detokenize(tokens: readonly number[]): Promise<string>;
  /** The prompt of a conversation as text. */
  applyTemplate(chat: ChatPromptRequest): Promise<string>;
  /** The tokens of a prompt of this client. */
  countTokens(prompt: Prompt, client: string): Promise<number>;
  status(): Promise<EngineStatus>;
  /** Write the conversation of a client that a slot worked on last into a file of the client's folder. */
  saveSlot(slot: number, name: string, owner: SlotOwner): Promise<SlotTransfer>;
  /** Read a conversation from there into the cache, for this client. */
  restoreSlot(slot: number, name: string, owner: SlotOwner): Promise<SlotTransfer>;
  /** Forget the conversation of a client that a slot worked on last. Gives the number of its tokens. */
  eraseSlot(slot: number, client: string): Promise<number>;
  /**
   * Finish what runs, refuse what waits, and give everything back.
   *
   * @throws EngineError `failed` where a file operation hangs, which keeps the thread of the model, and so the process, from ending.
   */
  close(): Promise<void>;
}

/** How a text is made into tokens. */
export interface TokenizeOptions {
  /** Begin and end as texts of the model do. */
  readonly addSpecial: boolean;
  /** Take text that looks like a control token for one. */
  readonly parseSpecial: boolean;
}
