import { RuntimeError } from '../error';
import type { Sequence } from '../session/sequence';
import type { Session } from '../session/session';
import { Continuation, type ContinuationEnd, type ContinuationOptions } from './continuation';

/** What a text is generated from, and when it ends. The sampler is told the prompt here. */
export interface GenerateOptions extends ContinuationOptions {
  /** Tokens to read first, one or more. They are added to what `sequence` holds. */
  readonly prompt: ArrayLike<number>;
  /** The conversation to go on with. When left out, one is made for this text and closed with it. */
  readonly sequence?: Sequence;
  /**
   * When the cache is full: keep the first `keep` tokens of the sequence, forget half of the others, move the rest to their place
   * and go on. When left out, the text ends there.
   */
  readonly contextShift?: { readonly keep: number };
  readonly signal?: AbortSignal;
}

/** Tokens and the time that they took. */
export interface Timing {
  readonly tokens: number;
  readonly milliseconds: number;
  readonly tokensPerSecond: number;
}

/** A token of the text. `text` is what is complete of it, and may be empty: some of it may come with a later one. */
export interface GeneratedToken {
  readonly kind: 'token';
  readonly token: number;
  readonly text: string;
}

/** The end of the text, and how long it took. */
export interface GeneratedEnd extends ContinuationEnd {
  readonly kind: 'end';
  readonly prompt: Timing;
  readonly generation: Timing;
}

/** What {@link generate} gives: tokens, then the end. */
export type GenerateEvent = GeneratedToken | GeneratedEnd;

/**
 * Let a model go on with a text. The sequence holds the prompt and all tokens but the last afterwards.
 *
 * @throws RuntimeError `context-full` for a prompt that does not fit, before it is read; `bad-token`; the signal's reason.
 */
export async function* generate(
  session: Session,
  options: GenerateOptions,
): AsyncGenerator<GenerateEvent, void, undefined> {
  const sequence = options.sequence ?? session.createSequence();
  try {
    yield* new Generation(session, sequence, options).events();
  } finally {
    if (options.sequence === undefined) sequence.close();
  }
}

/** One text in the making. */
class Generation {
  readonly #session: Session;
  readonly #sequence: Sequence;
  readonly #options: GenerateOptions;
  readonly #continuation: Continuation;
  /** The row of logits, again and again. */
  readonly #rows: Float32Array[] = [];

  constructor(session: Session, sequence: Sequence, options: GenerateOptions) {
    this.#session = session;
    this.#sequence = sequence;
    this.#options = options;
    this.#continuation = new Continuation(session.model.tokenizer, options);
  }

  async *events(): AsyncGenerator<GenerateEvent, void, undefined> {
    const { prompt, signal } = this.#options;
    const continuation = this.#continuation;
    const started = performance.now();
    let logits = await this.#read(prompt);
    for (let place = 0; place < prompt.length; place++) continuation.sampler.accept(prompt[place] ?? 0);
    const read = performance.now();
    const finished = (end: ContinuationEnd): GeneratedEnd => ({
      kind: 'end',
      ...end,
      prompt: timing(prompt.length, read - started),
      generation: timing(continuation.count, performance.now() - read),
    });
    if (continuation.isFull) return yield finished(continuation.end('max-tokens'));
    while (true) {
      signal?.throwIfAborted();
      const { token, text, end } = continuation.next(logits);
      if (token !== undefined) yield { kind: 'token', token, text };
      if (end !== undefined) return yield finished(end);
      if (token === undefined) throw new Error('a text went on without a token');
      if (!(await this.#makeRoom())) return yield finished(continuation.end('context'));
      logits = await this.#read([token]);
    }
  }

  async #read(tokens: ArrayLike<number>): Promise<Float32Array> {
    const entry = { sequence: this.#sequence, tokens };
    const { signal } = this.#options;
    const [[logits] = []] = await this.#session.step([entry], { signal, reuse: this.#rows });
    if (logits === undefined) throw new Error('a step gave no logits');
    return logits;
  }

  /** Whether there is room for one more token, after what can be done for it. */
  async #makeRoom(): Promise<boolean> {
    if (this.#session.freeCells > 0) return true;
    const { contextShift } = this.#options;
    if (contextShift === undefined) return false;
    const { keep } = contextShift;
    const discarded = Math.floor((this.#sequence.length - keep) / 2);
    if (!Number.isInteger(keep) || keep < 0 || discarded < 1) {
      throw new RuntimeError('bad-option', 'contextShift keeps too many tokens', {
        found: keep,
        allowed: `0 to ${this.#sequence.length - 2}`,
      });
    }
    this.#sequence.remove(keep, keep + discarded);
    await this.#sequence.shift(keep, -discarded);
    return this.#session.freeCells > 0;
  }
}

function timing(tokens: number, milliseconds: number): Timing {
  return { tokens, milliseconds, tokensPerSecond: milliseconds > 0 ? (1000 * tokens) / milliseconds : 0 };
}
