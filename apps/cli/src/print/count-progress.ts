import type { Output } from './output';
import { Pace } from './pace';
import { formatDuration } from './units';

/** What is counted. */
export interface Counted {
  /** What one is called: `chunk`, `task`. */
  readonly name: string;
  /** How many there are. */
  readonly count: number;
  /** Tokens of each, where all have as many: the rate is told in tokens then. */
  readonly tokens?: number;
}

/** Tells on a status line how work goes on whose parts are alike: how many are done, what came of them so far, rate and time left. */
export class CountProgress {
  readonly #pace = new Pace();

  constructor(
    private readonly output: Output,
    private readonly counted: Counted,
  ) {}

  /** Seconds since the work began. */
  get seconds(): number {
    return this.#pace.seconds;
  }

  /** So many are done; `soFar` is asked for only when it is shown. */
  update(done: number, soFar: () => string): void {
    if (!this.#pace.isDue()) return;
    const { name, count, tokens } = this.counted;
    const perSecond = done / this.seconds;
    const rate =
      tokens === undefined
        ? `${perSecond.toFixed(1)} ${name}s/s`
        : `${(perSecond * tokens).toFixed(0)} tokens/s`;
    const left = formatDuration((this.seconds / Math.max(1, done)) * (count - done));
    this.output.status(`${name} ${done}/${count}  ${soFar()}  ${rate}, ${left} left`);
  }

  /** The work is over. */
  end(): void {
    this.output.clearStatus();
  }
}
