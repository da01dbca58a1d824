import { Worker } from 'node:worker_threads';
import { MAX_THREADS, type BackendName } from '@halftone/tensor-kernels';
import type { EncodeResult, EncodeTask } from './encode-task';
import { QuantizeError } from './error';
import type { WorkerData } from './worker';

interface Waiting {
  readonly task: EncodeTask;
  readonly resolve: (result: EncodeResult) => void;
  readonly reject: (error: unknown) => void;
}

const WORKER_FILE = new URL('./worker.js', import.meta.url);

/**
 * A fixed number of threads that encode windows of rows. Tasks are taken in the order of `run`; results may be
 * ready in another order, so the caller awaits them in its own. `close` ends the threads, whatever they are doing.
 */
export class EncoderPool {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #queue: Waiting[] = [];
  readonly #running = new Map<Worker, Waiting>();
  #failure: QuantizeError | undefined;

  /**
   * @param threads - how many
   * @param backend - what does the arithmetic in each of them
   * @param workerFile - what each of them runs: takes a task as a message, answers with the result
   */
  constructor(threads: number, backend: BackendName, workerFile = WORKER_FILE) {
    this.#workers = Array.from({ length: threads }, () => this.#start(backend, workerFile));
    this.#idle = [...this.#workers];
  }

  /** Encode one window. The buffers of `task.source` and `task.output` are handed over: they must not be used afterwards. */
  run(task: EncodeTask): Promise<EncodeResult> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#queue.push({ task, resolve, reject });
      this.#dispatch();
    });
  }

  /** End all threads. Tasks that were not done are rejected. */
  async close(): Promise<void> {
    this.#fail(new QuantizeError('aborted', 'the encoder threads were ended'));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(backend: BackendName, file: URL): Worker {
    // Options of the parent's command line, such as --input-type, make no sense to a thread that runs a file.
    const workerData: WorkerData = { backend };
    const worker = new Worker(file, { execArgv: [], workerData });
    worker.on('message', (result: EncodeResult) => {
      const done = this.#running.get(worker);
      this.#running.delete(worker);
      this.#idle.push(worker);
      done?.resolve(result);
      this.#dispatch();
    });
    worker.on('messageerror', (cause) => {
      this.#fail(workerFailed(`sent what cannot be read: ${cause.message}`, cause));
    });
    worker.on('error', (cause) => {
      this.#fail(workerFailed(`failed: ${String(cause)}`, cause));
    });
    // After an error, or `close`, this is no news: the first failure stays.
    worker.on('exit', (code) => {
      this.#fail(workerFailed(`ended with code ${code}`));
    });
    return worker;
  }

  #dispatch(): void {
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const worker = this.#idle.pop();
      const next = this.#queue.shift();
      if (worker === undefined || next === undefined) return;
      this.#running.set(worker, next);
      worker.postMessage(next.task, [next.task.source.buffer, next.task.output.buffer]);
    }
  }

  #fail(error: QuantizeError): void {
    this.#failure ??= error;
    for (const { reject } of [...this.#running.values(), ...this.#queue]) reject(this.#failure);
    this.#running.clear();
    this.#queue.length = 0;
  }
}

/**
 * Refuse a number of threads that is none.
 *
 * @throws {@link QuantizeError} `invalid-threads`.
 */
export function checkThreads(threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS) return;
  throw new QuantizeError('invalid-threads', 'this is no number of threads', {
    found: threads,
    allowed: `a whole number from 1 to ${MAX_THREADS}`,
    advice: 'Take the number of cores of the machine.',
  });
}

function workerFailed(how: string, cause?: unknown): QuantizeError {
  return new QuantizeError('worker-failed', `an encoder thread ${how}`, {
    advice: 'This is a defect of Halftone: please report it with the command that you ran.',
    cause,
  });
}
