import { Worker } from 'node:worker_threads';
import type { EncodeResult, EncodeTask } from './encode-task';
import { QuantizeError } from './error';

interface Waiting {
  readonly task: EncodeTask;
  readonly resolve: (result: EncodeResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A fixed number of threads that encode windows of rows. Tasks are taken in the order of `run`; results may be
 * ready in another order, so the caller awaits them in its own. `close` ends the threads, whatever they are doing.
 */
export class EncoderPool {
  private readonly idle: Worker[] = [];
  private readonly workers: Worker[] = [];
  private readonly queue: Waiting[] = [];
  private readonly running = new Map<Worker, Waiting>();
  private failure: QuantizeError | undefined;

  constructor(threads: number) {
    for (let index = 0; index < threads; index++) this.start();
  }

  /** Encode one window. The buffer of `task.source` is handed over: it must not be used afterwards. */
  run(task: EncodeTask): Promise<EncodeResult> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.queue.push({ task, resolve, reject });
      this.dispatch();
    });
  }

  /** End all threads. Tasks that were not done are rejected. */
  async close(): Promise<void> {
    this.fail(new QuantizeError('aborted', 'the encoder threads were ended'));
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private start(): void {
    // Options of the parent's command line, such as --input-type, make no sense to a thread that runs a file.
    const worker = new Worker(new URL('./worker.js', import.meta.url), { execArgv: [] });
    worker.on('message', (result: EncodeResult) => {
      const done = this.running.get(worker);
      this.running.delete(worker);
      this.idle.push(worker);
      done?.resolve(result);
      this.dispatch();
    });
    worker.on('error', (cause) => {
      this.fail(
        new QuantizeError('worker-failed', `an encoder thread failed: ${String(cause)}`, {
          advice: 'This is a defect of Halftone: please report it with the command that you ran.',
          cause,
        }),
      );
    });
    this.workers.push(worker);
    this.idle.push(worker);
  }

  private dispatch(): void {
    while (this.idle.length > 0 && this.queue.length > 0) {
      const worker = this.idle.pop();
      const next = this.queue.shift();
      if (worker === undefined || next === undefined) return;
      this.running.set(worker, next);
      worker.postMessage(next.task, [next.task.source.buffer]);
    }
  }

  private fail(error: QuantizeError): void {
    this.failure ??= error;
    for (const { reject } of [...this.running.values(), ...this.queue]) reject(this.failure);
    this.running.clear();
    this.queue.length = 0;
  }
}
