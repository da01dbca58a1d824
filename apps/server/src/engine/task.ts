import type { BatchEntry } from '@halftone/runtime';
import type { SlotStatus } from './engine';
import type { Difference, KeptSequence, TakenSequence } from './kept-sequences';

/** What is read for a request, and whose request it is. */
export interface TaskPrompt {
  readonly client: string;
  readonly prompt: Int32Array;
  /** Use what the cache holds of the prompt. */
  readonly useCache: boolean;
}

/** Something that a slot works on: what is still to be read of its prompt. */
export abstract class Task {
  readonly client: string;
  readonly prompt: Int32Array;
  readonly useCache: boolean;
  /** What a step gives for it. */
  abstract readonly kind: 'logits' | 'states';
  /** Whether what was read is kept for prompts to come. */
  abstract readonly staysInCache: boolean;
  /** Why the cache held no more of the prompt. */
  difference: Difference | undefined;
  /** The number of the slot that works on it. */
  slot = 0;
  isEnded = false;
  #cached = 0;
  #kept: KeptSequence | undefined;

  constructor({ client, prompt, useCache }: TaskPrompt) {
    this.client = client;
    this.prompt = prompt;
    this.useCache = useCache;
  }

  /** Tokens of the prompt that the cache held. */
  get cached(): number {
    return this.#cached;
  }

  /** The conversation in the cache. */
  get kept(): KeptSequence {
    if (this.#kept === undefined) throw new Error('the task has not been started');
    return this.#kept;
  }

  /** Tokens of the prompt that are still to be read. */
  get unread(): number {
    return Math.max(0, this.prompt.length - this.kept.tokens.length);
  }

  /** Begin in a slot, with what the cache holds of the prompt. */
  start(taken: TakenSequence, slot: number): void {
    this.#kept = taken;
    this.difference = taken.difference;
    this.slot = slot;
    this.#cached = taken.tokens.length;
  }

  /** The next tokens to be read, at most `count`. */
  next(count: number): Int32Array {
    const start = this.kept.tokens.length;
    return this.prompt.subarray(start, start + count);
  }

  /** After which of the next `count` tokens rows are wanted. */
  abstract wanted(count: number): NonNullable<BatchEntry['logits']>;

  /** Tokens have been read; with the rows that were wanted. */
  abstract take(tokens: Int32Array, rows: readonly Float32Array[], contextLength: number): void;

  /** End without an answer. */
  abstract fail(error: unknown): void;

  /** What is being done. */
  status(): SlotStatus {
    return {
      id: this.slot,
      isReading: this.unread > 0,
      promptTokens: this.prompt.length,
      cachedTokens: this.#cached,
      readTokens: Math.min(this.prompt.length, this.kept.tokens.length) - this.#cached,
      writtenTokens: 0,
    };
  }

  /** The cache holds these tokens too. */
  protected hold(tokens: Int32Array): void {
    for (const token of tokens) this.kept.tokens.push(token);
  }
}
