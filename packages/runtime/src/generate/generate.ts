import type { StreamDecoder } from '@halftone/tokenizer';
import { RuntimeError } from '../error';
import { Sampler } from '../sampling/sampler';
import type { Sequence } from '../session/sequence';
import type { Session } from '../session/session';
import { StopStrings } from './stop-strings';

/** What a text is generated from, and when it ends. */
export interface GenerateOptions {
  /** Tokens to read first, one or more. They are added to what `sequence` holds. */
  readonly prompt: ArrayLike<number>;
  /** The conversation to go on with. When left out, one is made for this text and closed with it. */
  readonly sequence?: Sequence;
  /** How tokens are chosen. It should have accepted what `sequence` holds already; the prompt it is told here. */
  readonly sampler?: Sampler;
  /** Write control tokens as they are called, such as `[TOOL_CALLS]`; they are left out otherwise. */
  readonly special?: boolean;
  /** Tokens that end a text: those with which the model says that its turn is over, when left out. */
  readonly endTokens?: ReadonlySet<number>;
  /** At most so many tokens; no limit when left out. */
  readonly maxTokens?: number;
  /** Strings that end the text where they begin. */
  readonly stop?: readonly string[];
  /**
   * When the cache is full: keep the first `keep` tokens of the sequence, forget half of the others, move the rest to their place
   * and go on. When left out, the text ends there.
   */
  readonly contextShift?: { readonly keep: number };
  readonly signal?: AbortSignal;
}

/** Why a text ended. `context`: the cache is full. */
export type EndReason = 'end-token' | 'stop-string' | 'max-tokens' | 'context';

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

/** The end of the text. `text` is what was still held back. */
export interface GeneratedEnd {
  readonly kind: 'end';
  readonly reason: EndReason;
  readonly text: string;
  /** The token or the string that ended it, for `end-token` and `stop-string`. */
  readonly endToken: number | undefined;
  readonly stop: string | undefined;
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
  readonly #sampler: Sampler;
  readonly #decoder: StreamDecoder;
  readonly #endTokens: ReadonlySet<number>;
  readonly #maxTokens: number;
  readonly #stops: StopStrings;

  constructor(session: Session, sequence: Sequence, options: GenerateOptions) {
    this.#session = session;
    this.#sequence = sequence;
    this.#options = options;
    const { tokenizer } = session.model;
    this.#sampler = options.sampler ?? new Sampler({}, tokenizer);
    this.#decoder = tokenizer.streamDecoder({ special: options.special ?? false });
    this.#endTokens = options.endTokens ?? tokenizer.endOfGeneration;
    this.#maxTokens = options.maxTokens ?? Infinity;
    checkMaxTokens(this.#maxTokens);
    this.#stops = new StopStrings(options.stop ?? []);
  }

  async *events(): AsyncGenerator<GenerateEvent, void, undefined> {
    const { prompt } = this.#options;
    const started = performance.now();
    let logits = await this.#read(prompt);
    for (let place = 0; place < prompt.length; place++) this.#sampler.accept(prompt[place] ?? 0);
    const read = performance.now();
    let count = 0;
    const end = (reason: EndReason, found: { endToken?: number; stop?: string } = {}): GeneratedEnd => ({
      kind: 'end',
      reason,
      text: found.stop === undefined ? this.#rest() : '',
      endToken: found.endToken,
      stop: found.stop,
      prompt: timing(prompt.length, read - started),
      generation: timing(count, performance.now() - read),
    });
    while (count < this.#maxTokens) {
      this.#options.signal?.throwIfAborted();
      const token = this.#sampler.sample(logits);
      if (this.#endTokens.has(token)) return yield end('end-token', { endToken: token });
      this.#sampler.accept(token);
      count++;
      const { text, stop } = this.#stops.push(this.#decoder.push(token));
      yield { kind: 'token', token, text };
      if (stop !== undefined) return yield end('stop-string', { stop });
      if (count === this.#maxTokens) break;
      if (!(await this.#makeRoom())) return yield end('context');
      logits = await this.#read([token]);
    }
    yield end('max-tokens');
  }

  async #read(tokens: ArrayLike<number>): Promise<Float32Array> {
    const entry = { sequence: this.#sequence, tokens };
    const [[logits] = []] = await this.#session.step([entry], { signal: this.#options.signal });
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

  #rest(): string {
    const { text, stop } = this.#stops.push(this.#decoder.finish());
    return stop === undefined ? text + this.#stops.rest() : text;
  }
}

function checkMaxTokens(found: number): void {
  if (found === Infinity || (Number.isInteger(found) && found >= 0)) return;
  throw new RuntimeError('bad-option', 'maxTokens cannot be', { found, allowed: 'whole numbers from 0' });
}

function timing(tokens: number, milliseconds: number): Timing {
  return { tokens, milliseconds, tokensPerSecond: milliseconds > 0 ? (1000 * tokens) / milliseconds : 0 };
}
