import type { EngineStatus } from './engine';

type Counts = Pick<
  EngineStatus,
  'readTokens' | 'cachedTokens' | 'writtenTokens' | 'readingMilliseconds' | 'writingMilliseconds' | 'steps'
>;

/** What an engine has done since it began. */
export class Totals {
  readonly #values: { -readonly [Name in keyof Counts]: Counts[Name] } = {
    readTokens: 0,
    cachedTokens: 0,
    writtenTokens: 0,
    readingMilliseconds: 0,
    writingMilliseconds: 0,
    steps: 0,
  };

  get values(): Counts {
    return this.#values;
  }

  /** Tokens of a prompt that the cache held. */
  addCached(tokens: number): void {
    this.#values.cachedTokens += tokens;
  }

  /** A step of so many tokens, of which some were written: each has its share of the time. */
  addStep(tokens: number, written: number, milliseconds: number): void {
    const values = this.#values;
    values.steps++;
    values.writtenTokens += written;
    values.readTokens += tokens - written;
    values.writingMilliseconds += (milliseconds * written) / tokens;
    values.readingMilliseconds += (milliseconds * (tokens - written)) / tokens;
  }
}
