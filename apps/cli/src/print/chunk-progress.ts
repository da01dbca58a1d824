import type { Output } from './output';
import { formatDuration } from './units';

/** The status line changes at most this often: a terminal is slow. */
const MILLISECONDS_BETWEEN_UPDATES = 100;

/** Tells how the reading of a text goes on, on a status line: chunks, what came of them so far, rate and time left. */
export class ChunkProgress {
  readonly #start = performance.now();
  #lastUpdate = -Infinity;

  constructor(
    private readonly output: Output,
    private readonly chunks: number,
    private readonly context: number,
  ) {}

  /** Seconds since the work began. */
  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  /** So many chunks are done; `soFar` is asked for only when it is shown. */
  update(done: number, soFar: () => string): void {
    const now = performance.now();
    if (now - this.#lastUpdate < MILLISECONDS_BETWEEN_UPDATES) return;
    this.#lastUpdate = now;
    const rate = (done * this.context) / this.seconds;
    const left = formatDuration((this.seconds / Math.max(1, done)) * (this.chunks - done));
    this.output.status(`chunk ${done}/${this.chunks}  ${soFar()}  ${rate.toFixed(0)} tokens/s, ${left} left`);
  }

  /** The work is over. */
  end(): void {
    this.output.clearStatus();
  }
}
