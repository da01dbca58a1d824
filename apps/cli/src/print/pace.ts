/** The status line changes at most this often: a terminal is slow. */
const MILLISECONDS_BETWEEN_UPDATES = 100;

/** How long work takes, and when its status may be shown again. */
export class Pace {
  readonly #start = performance.now();
  #lastUpdate = -Infinity;

  /** Seconds since the work began. */
  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  /** Whether enough time has passed since this was last true. */
  isDue(): boolean {
    const now = performance.now();
    if (now - this.#lastUpdate < MILLISECONDS_BETWEEN_UPDATES) return false;
    this.#lastUpdate = now;
    return true;
  }
}
