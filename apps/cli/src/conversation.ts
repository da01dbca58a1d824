import {
  collectAnswer,
  type Answer,
  type AnswerEvent,
  type ChatMessage,
  type JsonValue,
  type ToolDefinition,
} from '@halftone/chat';
import { HalftoneError } from '@halftone/errors';
import { answerMessage, ChatPrompter, RememberedAnswers, type GivenTemplate } from '@halftone/conversation';
import {
  generate,
  Sampler,
  type GeneratedEnd,
  type SamplingOptions,
  type Sequence,
  type Session,
  type TokenConstraint,
} from '@halftone/runtime';

/** What is to be read is longer than the context. */
class ContextError extends HalftoneError<'context-full'> {}

/** What binds one answer. */
export interface Binding {
  readonly constraint?: TokenConstraint;
}

/** How the answers of a conversation are made. */
export interface ConversationOptions {
  readonly tools: readonly ToolDefinition[];
  /** Takes the place of the model's template. */
  readonly template?: GivenTemplate;
  /** More variables of the template. */
  readonly variables?: Readonly<Record<string, JsonValue>>;
  readonly sampling: SamplingOptions;
  readonly maxTokens?: number;
  /** Makes what binds an answer, anew for each. */
  readonly bind?: () => Binding;
  readonly signal: AbortSignal;
}

/** One answer, and how it came. */
export interface Turn {
  readonly answer: Answer;
  readonly end: GeneratedEnd;
}

/**
 * A conversation with a model: messages in its chat template, and answers taken apart. What the cache holds of it is not read again.
 */
export class Conversation {
  readonly messages: ChatMessage[] = [];
  readonly #prompter: ChatPrompter;
  readonly #answers = RememberedAnswers.create();
  readonly #sequence: Sequence;
  /** The tokens that the sequence holds. */
  #read: number[] = [];

  /** @throws ChatError `no-template` for a model without one. */
  constructor(
    private readonly session: Session,
    private readonly options: ConversationOptions,
  ) {
    const { model } = session;
    const { metadata, source } = model.plan.file;
    this.#prompter = new ChatPrompter(model.tokenizer, metadata, source.name, options.template);
    this.#prompter.template({ tools: options.tools });
    this.#sequence = session.createSequence();
  }

  /** Answer the messages so far, and add the answer to them. `onEvent` gets it piece by piece. */
  async answer(onEvent: (event: AnswerEvent) => void): Promise<Turn> {
    const { tools, variables = {}, sampling, maxTokens, bind, signal } = this.options;
    const prompt = this.#prompter.prompt({ messages: this.messages, tools, variables }, this.#answers);
    const parser = prompt.parser();
    const events: AnswerEvent[] = [];
    const take = (more: readonly AnswerEvent[]): void => {
      events.push(...more);
      more.forEach(onEvent);
    };
    checkFits(prompt.tokens, this.session, 'conversation');
    const unread = this.#rewindTo(prompt.tokens);
    const sampler = new Sampler(sampling, this.session.model.tokenizer);
    for (const token of this.#read) sampler.accept(token);
    const limits = { signal, ...(maxTokens === undefined ? {} : { maxTokens }) };
    const written: number[] = [];
    let end: GeneratedEnd | undefined;
    for await (const event of generate(this.session, {
      prompt: unread,
      sequence: this.#sequence,
      sampler,
      special: true,
      ...bind?.(),
      ...limits,
    })) {
      take(parser.push(event.text));
      if (event.kind === 'end') end = event;
      else written.push(event.token);
    }
    take(parser.finish(end !== undefined && end.reason !== 'end-token'));
    this.#read = [...prompt.tokens, ...written].slice(0, this.#sequence.length);
    if (end === undefined) throw new RangeError('a text was generated without an end');
    const answer = collectAnswer(events);
    if (!parser.hasLeftOut) this.#answers.remember(prompt.tokens, written, answer);
    this.messages.push(answerMessage(answer));
    return { answer, end };
  }

  /** Keep what the sequence holds of a prompt, forget the rest, and give what is to be read: at least one token. */
  #rewindTo(tokens: Int32Array): Int32Array {
    const differing = tokens.findIndex((token, place) => token !== this.#read[place]);
    const common = differing < 0 ? tokens.length - 1 : differing;
    this.#sequence.rewind(common);
    this.#read.length = common;
    return tokens.subarray(common);
  }
}

/** @throws ContextError `context-full` for a prompt or conversation that the session has no room for, before any work. */
export function checkFits(
  tokens: Int32Array,
  { contextLength }: Session,
  what: 'prompt' | 'conversation',
): void {
  if (tokens.length <= contextLength) return;
  throw new ContextError('context-full', `the ${what} is longer than the context`, {
    found: `${tokens.length} tokens`,
    allowed: `${contextLength}`,
    advice:
      what === 'prompt'
        ? 'Give a larger context with -c, or a shorter prompt.'
        : 'Give a larger context with -c, or begin a new conversation.',
  });
}
