import path from 'node:path';
import type { AnswerFormat, AnswerParser, ChatMessage, ToolDefinition } from '@halftone/chat';
import { ChatPrompter, RememberedAnswers, type ChatPromptRequest } from '@halftone/conversation';
import type { Model, Pooling, SamplingOptions, Session, SessionOptions } from '@halftone/runtime';
import { openModel, type OpenedModel } from '@halftone/runtime/node';
import type { ActivationBits, BackendPreference } from '@halftone/tensor-kernels';
import type {
  CacheDifference,
  Embedding,
  EmbeddingRequest,
  Engine,
  EngineStatus,
  GenerationRequest,
  IndexedEvent,
  Prompt,
  ServedModel,
  SlotOwner,
  SlotTransfer,
  TokenizeOptions,
  TokenText,
} from './engine';
import { EmbeddingTask } from './embedding-task';
import { engineErrorOf, EngineError, forPart, promptTooLong } from './error';
import { constraintOf, type ClosingConstraint } from './constraints/constraint';
import { TokenTexts } from './constraints/token-texts';
import { Scheduler, type SlotDifference } from './scheduler';
import { modelIdentity, readSlotFile, slotFilePath, writeSlotFile, type SlotFileMaker } from './slot-file';
import { TextGroup } from './text-group';
import { TextTask, type TextListener } from './text-task';

/** How a model is served. */
export interface EngineOptions extends Pick<SessionOptions, 'batchSize' | 'cacheFormat'> {
  /** Path of the GGUF file. */
  readonly model: string;
  readonly backend?: BackendPreference;
  readonly threads?: number;
  readonly activationBits?: ActivationBits;
  /** Requests that are worked on at once: 4 when left out. */
  readonly slots?: number;
  /**
   * Tokens of the conversations in all slots together: each has its share. When left out, what the model was made for in each slot, but
   * not more than 8192.
   */
  readonly contextLength?: number;
  /** Tokens beyond that are kept of conversations that nobody works on. Those in free slots are kept anyway. None when left out. */
  readonly keptTokens?: number;
  /** Texts that may wait for a slot: 256 when left out. Clients of whom few wait may add theirs to a queue that is full. */
  readonly maxWaiting?: number;
  /** How tokens are chosen where a request does not say. */
  readonly sampling?: SamplingOptions;
  /** How texts become vectors: as the model was made for when left out, or else the mean of their tokens. */
  readonly pooling?: Pooling;
  /** The folder for conversations that are saved. Nothing is saved or restored when left out. */
  readonly slotSavePath?: string;
  /** Tell why the cache held no more of a prompt. */
  readonly explainCache?: boolean;
}

const DEFAULT_SLOTS = 4;
const DEFAULT_CONTEXT = 8192;
const DEFAULT_WAITING = 256;

/**
 * Open a model and answer requests with it in this thread.
 *
 * @throws GgufError, KernelError, RuntimeError and ChatError for a model that cannot be opened.
 */
export async function openModelEngine(options: EngineOptions): Promise<Engine> {
  const { model, backend, threads, activationBits } = options;
  const opened = await openModel(model, {
    ...(backend === undefined ? {} : { backend }),
    ...(threads === undefined ? {} : { threads }),
    ...(activationBits === undefined ? {} : { activationBits }),
  });
  try {
    return new ModelEngine(opened, options);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** A prompt in tokens, and how the model will answer. */
interface ReadPrompt {
  readonly tokens: Int32Array;
  readonly parser: (() => AnswerParser) | undefined;
  readonly format: AnswerFormat | undefined;
  readonly tools: readonly ToolDefinition[];
}

class ModelEngine implements Engine {
  readonly model: ServedModel;
  readonly #opened: OpenedModel;
  readonly #session: Session;
  readonly #scheduler: Scheduler;
  readonly #prompter: ChatPrompter;
  readonly #answers = RememberedAnswers.create();
  readonly #texts: TokenTexts;
  /** UTF-16 units of a text of as many tokens as a conversation may have, each the longest there is: whatever is longer has more tokens. */
  readonly #longestText: number;
  readonly #options: EngineOptions;
  /** Which model it is, for files; read from its file when it is first needed. */
  #identity: Promise<string> | undefined;

  constructor(opened: OpenedModel, options: EngineOptions) {
    const { model } = opened;
    const { slots = DEFAULT_SLOTS, keptTokens = 0, maxWaiting = DEFAULT_WAITING } = options;
    const each = Math.min(model.hyperparameters.contextLength, DEFAULT_CONTEXT);
    const { contextLength: cells = slots * each } = options;
    const contextLength = Math.floor(cells / slots);
    this.#opened = opened;
    this.#options = options;
    this.#texts = new TokenTexts(model.tokenizer);
    this.#longestText = contextLength * this.#texts.longest();
    this.#prompter = new ChatPrompter(model.tokenizer, model.plan.file.metadata, model.plan.file.source.name);
    const pooling = options.pooling ?? model.hyperparameters.pooling ?? 'mean';
    const prompter = this.#prompter;
    this.model = servedModel(options.model, model, { slots, contextLength, pooling, prompter });
    const { batchSize, cacheFormat } = options;
    this.#session = model.openSession({
      contextLength: cells + keptTokens,
      ...(batchSize === undefined ? {} : { batchSize }),
      ...(cacheFormat === undefined ? {} : { cacheFormat }),
    });
    this.#scheduler = new Scheduler(this.#session, { slots, contextLength, maxWaiting });
  }

  async *generate(
    requests: readonly GenerationRequest[],
    signal: AbortSignal,
  ): AsyncGenerator<IndexedEvent, void, undefined> {
    signal.throwIfAborted();
    const { events, tasks } = this.#begin(requests);
    const abort = (): void => {
      for (const task of tasks) if (!task.isEnded) this.#scheduler.abort(task);
      events.end();
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      yield* events;
    } finally {
      signal.removeEventListener('abort', abort);
      // One that has failed takes the others with it.
      abort();
    }
    signal.throwIfAborted();
  }

  async embed(request: EmbeddingRequest, signal: AbortSignal): Promise<Embedding> {
    signal.throwIfAborted();
    const make = (): readonly [EmbeddingTask] => [this.#embeddingTask(request)];
    const [task] = this.#told(() => this.#scheduler.add(request.client, 1, make));
    const abort = (): void => {
      this.#scheduler.abort(task);
      task.fail(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return { vectors: await task.vectors, promptTokens: task.prompt.length };
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  tokenize(text: string, options: TokenizeOptions): Promise<readonly TokenText[]> {
    const { tokenizer } = this.#opened.model;
    const texts = new Map<number, string>();
    const textOf = (token: number): string => {
      const found = texts.get(token) ?? tokenizer.streamDecoder({ special: true }).push(token);
      texts.set(token, found);
      return found;
    };
    return this.#answer(() =>
      [...tokenizer.encode(text, options)].map((token) => ({ token, text: textOf(token) })),
    );
  }

  detokenize(tokens: readonly number[]): Promise<string> {
    return this.#answer(() => this.#opened.model.tokenizer.decode(tokens, { special: true }));
  }

  applyTemplate(chat: ChatPromptRequest): Promise<string> {
    return this.#answer(() => this.#prompter.text(chat));
  }

  countTokens(prompt: Prompt, client: string): Promise<number> {
    return this.#answer(() => this.#read(prompt, client).tokens.length);
  }

  status(): Promise<EngineStatus> {
    return this.#answer(() => ({ ...this.#scheduler.status(), differences: this.#differences() }));
  }

  saveSlot(slot: number, name: string, owner: SlotOwner): Promise<SlotTransfer> {
    return this.#transfer(name, owner, async (file, maker) => {
      const saved = await this.#scheduler.save(slot, owner.client, (tokens) =>
        this.#answers.of(owner.client).save(tokens),
      );
      return { tokens: saved.tokens.length, bytes: await writeSlotFile(file, maker, saved) };
    });
  }

  restoreSlot(slot: number, name: string, owner: SlotOwner): Promise<SlotTransfer> {
    return this.#transfer(name, owner, async (file, maker) => {
      const saved = await readSlotFile(file, maker);
      await this.#scheduler.restore(slot, saved, owner.client);
      this.#answers.of(owner.client).restore(saved.tokens, saved.answers);
      return { tokens: saved.tokens.length, bytes: saved.bytes };
    });
  }

  eraseSlot(slot: number, client: string): Promise<number> {
    return this.#answer(() => this.#scheduler.erase(slot, client));
  }

  async close(): Promise<void> {
    await this.#scheduler.close();
    await this.#session.close();
    await this.#opened.close();
  }

  /** Take the texts of a request in. A prompt that several of them have is read once. */
  #begin(requests: readonly GenerationRequest[]) {
    const { length: count, 0: first } = requests;
    const group = new TextGroup(count);
    const read = new Map<Prompt, ReadPrompt>();
    const make = (): readonly TextTask[] =>
      requests.map((request, index) => {
        const { prompt, client } = request;
        const found = read.get(prompt) ?? this.#readSome(prompt, client);
        read.set(prompt, found);
        const task = this.#textTask(request, found, group.listener(index));
        // What is wrong with a form is told before it waits; it is the same for all texts.
        if (index === 0) task.check();
        return task;
      });
    const tasks = this.#told(() => this.#scheduler.add(first?.client ?? '', count, make));
    return { events: group.events, tasks };
  }

  #textTask(asked: GenerationRequest, prompt: ReadPrompt, listener: TextListener): TextTask {
    const request = { ...asked, sampling: { ...this.#options.sampling, ...asked.sampling } };
    const { tokens, parser, format, tools } = prompt;
    const { model } = this.#opened;
    const constraint = (): ClosingConstraint | undefined =>
      constraintOf(request, { texts: this.#texts, format, tools });
    const answers = this.#answers.of(request.client);
    return new TextTask({
      model,
      request,
      prompt: tokens,
      parser: parser?.(),
      constraint,
      answers,
      listener,
    });
  }

  #embeddingTask({ prompt, client, mayCut = false }: EmbeddingRequest): EmbeddingTask {
    const { tokens } = this.#readSome(mayCut ? this.#cut(prompt) : prompt, client);
    const { contextLength, pooling } = this.model;
    return new EmbeddingTask(client, mayCut ? tokens.subarray(0, contextLength - 1) : tokens, pooling);
  }

  /** What may fit of a prompt whose end may be left out. */
  #cut(prompt: Prompt): Prompt {
    return prompt.kind === 'text' ? { ...prompt, text: prompt.text.slice(0, this.#longestText) } : prompt;
  }

  /** Read a prompt that has to have tokens, all of them of the vocabulary. */
  #readSome(prompt: Prompt, client: string): ReadPrompt {
    const read = this.#read(prompt, client);
    if (prompt.kind === 'chat' && prompt.chat.messages.every(isEmpty)) {
      throw new EngineError('bad-request', 'no message has a text', { part: 'prompt' });
    }
    if (read.tokens.length === 0) {
      throw new EngineError('bad-request', 'the prompt is empty', {
        part: 'prompt',
        allowed: 'one token or more',
      });
    }
    const { vocabulary } = this.model;
    const wrong = read.tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabulary);
    if (wrong === undefined) return read;
    throw new EngineError('bad-request', 'the vocabulary does not have the token', {
      part: 'prompt',
      found: wrong,
      allowed: `0 to ${vocabulary - 1}`,
    });
  }

  #read(prompt: Prompt, client: string): ReadPrompt {
    return forPart('prompt', () => this.#readPrompt(prompt, client));
  }

  #readPrompt(prompt: Prompt, client: string): ReadPrompt {
    const { tokenizer } = this.#opened.model;
    const plain = { parser: undefined, format: undefined, tools: [] };
    switch (prompt.kind) {
      case 'text':
        this.#checkLength(prompt.text);
        return { tokens: tokenizer.encode(prompt.text, { parseSpecial: true }), ...plain };
      case 'tokens':
        return { tokens: Int32Array.from(prompt.tokens), ...plain };
      case 'chat': {
        this.#checkLength(contentOf(prompt.chat));
        const { tokens, format, parser } = this.#prompter.prompt(prompt.chat, this.#answers.of(client), {
          maxLength: this.#longestText,
        });
        const { tools = [] } = prompt.chat;
        return { tokens, format, parser, tools };
      }
    }
  }

  /** A text is made into tokens as a whole, and meanwhile nothing else is done: one that cannot fit is not begun with. */
  #checkLength({ length }: string): void {
    if (length > this.#longestText) throw promptTooLong(`${length} characters`, this.model.contextLength);
  }

  #differences(): readonly CacheDifference[] {
    return this.#options.explainCache === true
      ? this.#scheduler.differences.map((one) => this.#explained(one))
      : [];
  }

  #explained({ slot, client, position, before, cached, prompt }: SlotDifference): CacheDifference {
    const { tokenizer } = this.#opened.model;
    const text = (tokens: readonly number[]): string => tokenizer.decode(tokens, { special: true });
    const side = (tokens: readonly number[]) => ({ token: tokens[0] ?? 0, text: text(tokens) });
    return { slot, client, position, before: text(before), cached: side(cached), prompt: side(prompt) };
  }

  /** Save or restore: the file that is named, and how long it took. */
  async #transfer(
    name: string,
    { folder: own = '' }: SlotOwner,
    work: (file: string, maker: SlotFileMaker) => Promise<Omit<SlotTransfer, 'milliseconds'>>,
  ): Promise<SlotTransfer> {
    const { slotSavePath: folder, model: modelFile, cacheFormat = 'f16' } = this.#options;
    try {
      if (folder === undefined) {
        throw new EngineError('bad-request', 'this server saves no conversations', {
          advice: 'Start it with --slot-save-path.',
        });
      }
      const began = performance.now();
      const file = slotFilePath(path.join(folder, own), name);
      this.#identity ??= modelIdentity(modelFile);
      const done = await work(file, { model: await this.#identity, cacheFormat });
      return { ...done, milliseconds: performance.now() - began };
    } catch (error) {
      throw engineErrorOf(error);
    }
  }

  #answer<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    return new Promise((resolve) => {
      resolve(this.#told(work));
    });
  }

  /** Do something for a request; what goes wrong is told as an `EngineError`. */
  #told<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw engineErrorOf(error);
    }
  }
}

function servedModel(
  file: string,
  model: Model,
  rest: {
    readonly slots: number;
    readonly contextLength: number;
    readonly pooling: Pooling;
    readonly prompter: ChatPrompter;
  },
): ServedModel {
  const { tokenizer, plan, hyperparameters, device } = model;
  const textOf = (id: number | undefined): string => (id === undefined ? '' : tokenizer.text(id));
  return {
    name: path.basename(file),
    architecture: plan.architecture.name,
    parameters: plan.tensors.reduce((sum, { tensor }) => sum + elements(tensor.dimensions), 0),
    size: plan.tensors.reduce((sum, { tensor }) => sum + tensor.byteLength, 0),
    vocabulary: model.vocabulary,
    embeddingLength: hyperparameters.embeddingLength,
    pooling: rest.pooling,
    contextLength: rest.contextLength,
    trainedContextLength: hyperparameters.contextLength,
    slots: rest.slots,
    backend: device.name,
    chatTemplate: rest.prompter.hasTemplate ? rest.prompter.template().source : undefined,
    beginningText: textOf(tokenizer.beginning),
    endText: textOf(tokenizer.end),
  };
}

/** What is said in a conversation, which its prompt has, too. */
function contentOf({ messages }: ChatPromptRequest): string {
  return messages.map(textOf).join('');
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}

/** Whether a message says nothing, and calls nothing. */
function isEmpty(message: ChatMessage): boolean {
  const calls = message.role === 'assistant' ? (message.tool_calls ?? []) : [];
  return calls.length === 0 && textOf(message) === '';
}

function elements(dimensions: readonly number[]): number {
  return dimensions.reduce((product, length) => product * length, 1);
}
