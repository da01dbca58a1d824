import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Channel } from '../engine/channel';
import type {
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
} from '../engine/engine';
import { EngineError } from '../engine/error';
import type { EngineOptions } from '../engine/model-engine';
import type { ChatPromptRequest } from '@halftone/conversation';
import { receivedError, type Answers, type FromWorker, type Question, type ToWorker } from './protocol';

/** Milliseconds that the thread has to end, when its engine has closed. Threat: a file operation that hangs, which nothing ends. */
const END_TIME = 5000;

const WORKER_FILE = new URL('./worker.js', import.meta.url);

/** The thread of an engine. */
export interface EngineThread {
  /** What it runs. */
  readonly workerFile?: URL;
  /** Told when it has failed, and nothing is answered any more: the engine has to be opened again. */
  readonly onFailure?: (error: EngineError) => void;
  /** Milliseconds that it has to end, when its engine has closed; 5000 when left out. */
  readonly endTime?: number;
}

/**
 * Open a model in a thread of its own, so that this one is always free for whoever asks.
 *
 * @throws EngineError `failed` for a model that cannot be opened.
 */
export async function openEngine(options: EngineOptions, thread: EngineThread = {}): Promise<Engine> {
  const { workerFile = WORKER_FILE } = thread;
  // Options of the parent's command line, such as --input-type, make no sense to a thread that runs a file.
  const worker = new Worker(workerFile, { execArgv: [], workerData: options });
  const model = await new Promise<ServedModel>((resolve, reject) => {
    worker.once('error', (cause) => reject(threadFailed(cause)));
    worker.once('message', (message: FromWorker) => {
      if (message.kind === 'opened') resolve(message.model);
      else if (message.kind === 'not-opened') reject(receivedError(message.error));
    });
  });
  return new WorkerEngine(worker, model, thread);
}

/** A question that waits for its answer. */
interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class WorkerEngine implements Engine {
  readonly #channels = new Map<number, Channel<IndexedEvent>>();
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #failure: EngineError | undefined;
  #closed: Promise<void> | undefined;
  readonly #endTime: number;

  constructor(
    private readonly worker: Worker,
    readonly model: ServedModel,
    { onFailure, endTime = END_TIME }: EngineThread,
  ) {
    this.#endTime = endTime;
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', (cause) => {
      this.#fail(threadFailed(cause));
      onFailure?.(threadFailed(cause));
    });
    worker.on('exit', () => this.#fail(new EngineError('closed', 'the thread of the model has ended')));
  }

  async *generate(
    requests: readonly GenerationRequest[],
    signal: AbortSignal,
  ): AsyncGenerator<IndexedEvent, void, undefined> {
    signal.throwIfAborted();
    const id = this.#nextId();
    const channel = new Channel<IndexedEvent>();
    this.#channels.set(id, channel);
    const abort = (): void => channel.end(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.#send({ kind: 'generate', id, requests });
    try {
      yield* channel;
    } finally {
      signal.removeEventListener('abort', abort);
      // Still there: nobody said that it had ended.
      if (this.#channels.delete(id)) this.#send({ kind: 'abort', id });
    }
  }

  async embed(request: EmbeddingRequest, signal: AbortSignal): Promise<Embedding> {
    signal.throwIfAborted();
    const id = this.#nextId();
    const answer = this.#answerTo(id);
    const abort = (): void => {
      this.#pending.get(id)?.reject(signal.reason);
      this.#pending.delete(id);
      this.#send({ kind: 'abort', id });
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#send({ kind: 'embed', id, request });
    try {
      // The thread answers with what its engine gives.
      return (await answer) as Embedding;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  tokenize(text: string, options: TokenizeOptions): Promise<readonly TokenText[]> {
    return this.#ask('tokenize', text, options);
  }

  detokenize(tokens: readonly number[]): Promise<string> {
    return this.#ask('detokenize', tokens);
  }

  applyTemplate(chat: ChatPromptRequest): Promise<string> {
    return this.#ask('applyTemplate', chat);
  }

  countTokens(prompt: Prompt, client: string): Promise<number> {
    return this.#ask('countTokens', prompt, client);
  }

  status(): Promise<EngineStatus> {
    return this.#ask('status');
  }

  saveSlot(slot: number, name: string, owner: SlotOwner): Promise<SlotTransfer> {
    return this.#ask('saveSlot', slot, name, owner);
  }

  restoreSlot(slot: number, name: string, owner: SlotOwner): Promise<SlotTransfer> {
    return this.#ask('restoreSlot', slot, name, owner);
  }

  eraseSlot(slot: number, client: string): Promise<number> {
    return this.#ask('eraseSlot', slot, client);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    if (this.#failure === undefined) await this.#ask('close');
    const late = new AbortController();
    const hangs = setTimeout(this.#endTime, true, { signal: late.signal }).catch(() => false);
    if (await Promise.race([this.worker.terminate().then(() => false), hangs])) throw threadHangs();
    late.abort();
  }

  #ask<Name extends Question>(question: Name, ...values: Parameters<Engine[Name]>): Promise<Answers[Name]> {
    const id = this.#nextId();
    const answer = this.#answerTo(id);
    this.#send({ kind: 'ask', id, question, values });
    // The thread answers with what its engine gives for the question.
    return answer as Promise<Answers[Name]>;
  }

  #answerTo(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  #nextId(): number {
    if (this.#failure !== undefined) throw this.#failure;
    return ++this.#lastId;
  }

  #send(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'result':
        this.#pending.get(message.id)?.resolve(message.value);
        this.#pending.delete(message.id);
        return;
      case 'event':
        this.#channels.get(message.id)?.push(message.event);
        return;
      case 'end':
        this.#end(message.id);
        return;
      case 'error':
        this.#pending.get(message.id)?.reject(receivedError(message.error));
        this.#pending.delete(message.id);
        this.#end(message.id, receivedError(message.error));
        return;
      case 'opened':
      case 'not-opened':
        return;
    }
  }

  #end(id: number, error?: EngineError): void {
    this.#channels.get(id)?.end(error);
    this.#channels.delete(id);
  }

  #fail(error: EngineError): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#failure);
    for (const id of this.#channels.keys()) this.#end(id, this.#failure);
    this.#pending.clear();
  }
}

function threadHangs(): EngineError {
  return new EngineError('failed', 'the thread of the model does not end', {
    found: 'a file operation that hangs',
    advice: 'Kill the process, and look after the disk of the folder for conversations.',
  });
}

function threadFailed(cause: Error): EngineError {
  return new EngineError('failed', `the thread of the model failed: ${cause.message}`, { cause });
}
