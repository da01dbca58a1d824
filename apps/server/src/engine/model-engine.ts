import type { JsonValue, ToolDefinition } from '@halftone/chat';
import {
  ChatPrompter,
  RememberedAnswers,
  type ChatPromptRequest,
  type GivenTemplate,
} from '@halftone/conversation';
import {
  Sampler,
  type Pooling,
  type SamplingOptions,
  type Session,
  type SessionOptions,
} from '@halftone/runtime';
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
import { checkChoice } from './asked-tools';
import { EmbeddingTask } from './embedding-task';
import { engineErrorOf } from './error';
import { constraintOf, type ClosingConstraint } from './constraints/constraint';
import { TokenTexts } from './constraints/token-texts';
import { PromptReader, type ReadPrompt } from './prompt-reader';
import { SavedSlots } from './saved-slots';
import { Scheduler, type SlotDifference } from './scheduler';
import { servedModel } from './served-model';
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
  /** Takes the place of all chat templates of the model. */
  readonly chatTemplate?: GivenTemplate;
  /** Variables of the template where a request does not give them. */
  readonly chatTemplateVariables?: Readonly<Record<string, JsonValue>>;
  /** Read a token before the first request comes: weights are in memory then, and programs are made. Done when left out. */
  readonly warmUp?: boolean;
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
    const engine = new ModelEngine(opened, options);
    if (options.warmUp ?? true) await engine.warmUp();
    return engine;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

class ModelEngine implements Engine {
  readonly model: ServedModel;
  readonly #opened: OpenedModel;
  readonly #session: Session;
  readonly #scheduler: Scheduler;
  readonly #answers = RememberedAnswers.create();
  readonly #texts: TokenTexts;
  readonly #prompts: PromptReader;
  readonly #saved: SavedSlots;
  readonly #options: EngineOptions;

  constructor(opened: OpenedModel, options: EngineOptions) {
    const { model } = opened;
    const { slots = DEFAULT_SLOTS, keptTokens = 0, maxWaiting = DEFAULT_WAITING } = options;
    const each = Math.min(model.hyperparameters.contextLength, DEFAULT_CONTEXT);
    const { contextLength: cells = slots * each } = options;
    const contextLength = Math.floor(cells / slots);
    this.#opened = opened;
    this.#options = options;
    this.#texts = new TokenTexts(model.tokenizer);
    const { metadata, source } = model.plan.file;
    const prompter = new ChatPrompter(model.tokenizer, metadata, source.name, options.chatTemplate);
    const pooling = options.pooling ?? model.hyperparameters.pooling ?? 'mean';
    this.model = servedModel(options.model, model, { slots, contextLength, pooling, prompter });
    const { batchSize, cacheFormat } = options;
    this.#session = model.openSession({
      contextLength: cells + keptTokens,
      ...(batchSize === undefined ? {} : { batchSize }),
      ...(cacheFormat === undefined ? {} : { cacheFormat }),
    });
    this.#scheduler = new Scheduler(this.#session, { slots, contextLength, maxWaiting });
    const answers = this.#answers;
    const longestText = contextLength * this.#texts.longest();
    const { chatTemplateVariables: variables = {} } = options;
    this.#prompts = new PromptReader({ model, prompter, variables, answers, contextLength, longestText });
    this.#saved = new SavedSlots({
      scheduler: this.#scheduler,
      answers,
      folder: options.slotSavePath,
      model: options.model,
      cacheFormat: cacheFormat ?? 'f16',
    });
  }

  /** Read a token, and forget it. @throws RuntimeError `not-finite` for a model whose weights are damaged. */
  async warmUp(): Promise<void> {
    const sequence = this.#session.createSequence();
    try {
      const [rows = []] = await this.#session.step([{ sequence, tokens: [0] }]);
      const sampler = new Sampler({ temperature: 0 });
      for (const row of rows) sampler.sample(row);
    } finally {
      sequence.close();
    }
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
    return this.#answer(() => this.#prompts.text(chat));
  }

  countTokens(prompt: Prompt, client: string): Promise<number> {
    return this.#answer(() => this.#prompts.read(prompt, client).tokens.length);
  }

  status(): Promise<EngineStatus> {
    return this.#answer(() => ({ ...this.#scheduler.status(), differences: this.#differences() }));
  }

  saveSlot(slot: number, name: string, owner: SlotOwner): Promise<SlotTransfer> {
    return this.#saved.save(slot, name, owner);
  }

  restoreSlot(slot: number, name: string, owner: SlotOwner): Promise<SlotTransfer> {
    return this.#saved.restore(slot, name, owner);
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
        const found = read.get(prompt) ?? this.#prompts.readSome(prompt, client);
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
    if (request.calls !== undefined) checkChoice(request.calls, tools);
    const constraint = (): ClosingConstraint | undefined =>
      constraintOf(request, { texts: this.#texts, format, tools });
    const answers = this.#answers.of(request.client);
    return new TextTask({
      model,
      request,
      prompt: tokens,
      parser: parser?.(isBoundAtOnce(request, tools)),
      constraint,
      answers,
      listener,
    });
  }

  #embeddingTask({ prompt, client, mayCut = false }: EmbeddingRequest): EmbeddingTask {
    const { tokens } = this.#prompts.readSome(mayCut ? this.#prompts.cut(prompt) : prompt, client);
    const { contextLength, pooling } = this.model;
    return new EmbeddingTask(client, mayCut ? tokens.subarray(0, contextLength - 1) : tokens, pooling);
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

/** Whether the answer is bound from its first token on: then it is no reasoning, though the prompt may have begun with one. */
function isBoundAtOnce({ form, calls }: GenerationRequest, { length }: readonly ToolDefinition[]): boolean {
  const choice = calls?.choice ?? 'auto';
  return form !== undefined || (length > 0 && choice !== 'auto' && choice !== 'none');
}
