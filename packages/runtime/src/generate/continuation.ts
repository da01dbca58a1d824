import type { StreamDecoder, Tokenizer } from '@halftone/tokenizer';
import { RuntimeError } from '../error';
import { Sampler } from '../sampling/sampler';
import { StopStrings } from './stop-strings';

/** What a text may be, token by token. */
export interface TokenConstraint {
  /** Whether a token may come next. */
  allows(token: number): boolean;
  /** A token came. The token that ends a text is not told. */
  accept(token: number): void;
}

/** How tokens become a text, and when it ends. */
export interface ContinuationOptions {
  /** How tokens are chosen. It should have accepted what stands before the text. */
  readonly sampler?: Sampler;
  /** Write control tokens as they are called, such as `[TOOL_CALLS]`; they are left out otherwise. */
  readonly special?: boolean;
  /** Tokens that end a text: those with which the model says that its turn is over, when left out. */
  readonly endTokens?: ReadonlySet<number>;
  /** At most so many tokens; no limit when left out. */
  readonly maxTokens?: number;
  /** Strings that end the text where they begin. */
  readonly stop?: readonly string[];
  /** Tokens that it does not allow are not chosen. */
  readonly constraint?: TokenConstraint;
}

/** Why a text ended. `context`: the cache is full. */
export type EndReason = 'end-token' | 'stop-string' | 'max-tokens' | 'context';

/** The end of a text. */
export interface ContinuationEnd {
  readonly reason: EndReason;
  /** What was still held back. */
  readonly text: string;
  /** The token or the string that ended it, for `end-token` and `stop-string`. */
  readonly endToken: number | undefined;
  readonly stop: string | undefined;
}

/** What a row of logits brought. */
export interface NextToken {
  /** `undefined` for a token that ends the text: it is no part of it. */
  readonly token: number | undefined;
  /** What is complete of the text; may be empty, for some of it may come with a later token. */
  readonly text: string;
  readonly end: ContinuationEnd | undefined;
}

/** Tokens that are banned one by one before all are looked at: looking at all takes as long as thousands. */
const SINGLE_BANS = 16;

/** One text that grows token by token, whoever runs the model: `generate`, or a server that runs many texts at once. */
export class Continuation {
  readonly sampler: Sampler;
  readonly #decoder: StreamDecoder;
  readonly #endTokens: ReadonlySet<number>;
  readonly #maxTokens: number;
  readonly #stops: StopStrings;
  readonly #constraint: TokenConstraint | undefined;
  #count = 0;

  /** @throws RuntimeError `bad-option`. */
  constructor(tokenizer: Tokenizer, options: ContinuationOptions = {}) {
    this.sampler = options.sampler ?? new Sampler({}, tokenizer);
    this.#decoder = tokenizer.streamDecoder({ special: options.special ?? false });
    this.#endTokens = options.endTokens ?? tokenizer.endOfGeneration;
    this.#maxTokens = options.maxTokens ?? Infinity;
    checkMaxTokens(this.#maxTokens);
    this.#stops = new StopStrings(options.stop ?? []);
    this.#constraint = options.constraint;
  }

  /** Tokens of the text so far. */
  get count(): number {
    return this.#count;
  }

  /** Whether it has all the tokens that it may have. */
  get isFull(): boolean {
    return this.#count >= this.#maxTokens;
  }

  /** Choose the token that comes next from a row of logits (vocabulary). @throws RuntimeError `not-finite`. */
  next(logits: Float32Array): NextToken {
    const token = this.#choose(logits);
    if (this.#endTokens.has(token)) {
      return { token: undefined, text: '', end: this.#ended('end-token', token) };
    }
    this.sampler.accept(token);
    this.#constraint?.accept(token);
    this.#count++;
    const { text, stop } = this.#stops.push(this.#decoder.push(token));
    if (stop !== undefined) {
      return { token, text, end: { reason: 'stop-string', text: '', endToken: undefined, stop } };
    }
    return { token, text, end: this.isFull ? this.end('max-tokens') : undefined };
  }

  /** End the text from outside; gives what was still held back. */
  end(reason: 'max-tokens' | 'context'): ContinuationEnd {
    return this.#ended(reason, undefined);
  }

  /** Most tokens that are chosen are allowed, so the others are banned one by one, and all of them only when that does not end. */
  #choose(logits: Float32Array): number {
    const constraint = this.#constraint;
    let token = this.sampler.sample(logits);
    if (constraint === undefined || constraint.allows(token)) return token;
    const row = logits.slice();
    for (let tries = 0; tries < SINGLE_BANS; tries++) {
      row[token] = -Infinity;
      token = this.sampler.sample(row);
      if (constraint.allows(token)) return token;
    }
    for (let other = 0; other < row.length; other++) {
      if ((row[other] ?? 0) > -Infinity && !constraint.allows(other)) row[other] = -Infinity;
    }
    if (row.every((logit) => logit === -Infinity)) {
      throw new RuntimeError('no-token', 'the constraint of the text leaves no token that may come next', {
        advice: 'Ban fewer tokens, or take a grammar that the vocabulary can spell.',
      });
    }
    return this.sampler.sample(row);
  }

  #ended(reason: EndReason, endToken: number | undefined): ContinuationEnd {
    const { text, stop } = this.#stops.push(this.#decoder.finish());
    const rest = stop === undefined ? text + this.#stops.rest() : text;
    return { reason, text: rest, endToken, stop: undefined };
  }
}

function checkMaxTokens(found: number): void {
  if (found === Infinity || (Number.isInteger(found) && found >= 0)) return;
  throw new RuntimeError('bad-option', 'maxTokens is out of range', {
    found,
    allowed: 'whole numbers from 0',
  });
}
