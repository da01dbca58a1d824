import { Pooler, type BatchEntry, type Pooling } from '@halftone/runtime';
import { engineErrorOf } from './error';
import { Task } from './task';

/** A text that is read for its vectors. */
export class EmbeddingTask extends Task {
  readonly kind = 'states';
  // Texts that are embedded seldom come back; conversations do.
  readonly staysInCache = false;
  /** One vector, or one for each token; not normalised. */
  readonly vectors: Promise<readonly Float32Array[]>;
  readonly #pooler: Pooler;
  #resolve!: (vectors: readonly Float32Array[]) => void;
  #reject!: (error: Error) => void;

  constructor(client: string, prompt: Int32Array, pooling: Pooling) {
    super({ client, prompt, useCache: false });
    this.#pooler = new Pooler(pooling, prompt.length);
    this.vectors = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  wanted(count: number): NonNullable<BatchEntry['logits']> {
    return this.#pooler.wanted(count);
  }

  take(tokens: Int32Array, states: readonly Float32Array[]): void {
    this.hold(tokens);
    this.#pooler.push(tokens.length, states);
    if (this.unread > 0) return;
    this.isEnded = true;
    this.#resolve(this.#pooler.vectors());
  }

  fail(error: unknown): void {
    this.isEnded = true;
    this.#reject(engineErrorOf(error));
  }
}
