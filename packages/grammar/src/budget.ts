import { tooOpen } from './error';

/**
 * Work that understanding the schemas of one request may take, in steps of some tens of nanoseconds. Threat: patterns and choices that
 * multiply. Largest: some 100,000, a hundred tools with a pattern each.
 */
const MAX_STEPS = 2_000_000;

/** Counts work by steps, not by the clock: what is refused is refused everywhere. */
export class Budget {
  #left: number;

  constructor(private readonly steps = MAX_STEPS) {
    this.#left = steps;
  }

  /** Whether no step is left. */
  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** Some steps are made. @throws GrammarError `bad-grammar` when there are none left. */
  spend(steps: number): void {
    this.#left -= steps;
    if (!(this.#left >= 0)) throw tooOpen('schema', `${this.steps} steps`);
  }
}
