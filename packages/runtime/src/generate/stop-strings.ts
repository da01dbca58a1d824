/** Text that may be given out, and the stop string that ended it, if one did. */
export interface StoppedText {
  readonly text: string;
  readonly stop: string | undefined;
}

/**
 * Looks for strings that end a text, wherever the borders of its pieces fall. What may be the beginning of one is held back. Of several
 * the one that is complete first counts; of those that are complete together, the longest.
 */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** Add a piece of text; gives what is surely no part of a stop string. After a stop there is nothing more to add. */
  push(piece: string): StoppedText {
    const text = this.#held + piece;
    const found = this.#stops
      .map((stop) => ({ stop, place: text.indexOf(stop) }))
      .filter(({ place }) => place >= 0)
      .sort((a, b) => a.place + a.stop.length - (b.place + b.stop.length) || a.place - b.place)[0];
    if (found !== undefined) {
      this.#held = '';
      return { text: text.slice(0, found.place), stop: found.stop };
    }
    const kept = Math.max(0, ...this.#stops.map((stop) => beginningAtEnd(text, stop)));
    this.#held = text.slice(text.length - kept);
    return { text: text.slice(0, text.length - kept), stop: undefined };
  }

  /** What is still held back. */
  rest(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}

/** How many characters at the end of `text` are the beginning of `stop`. */
function beginningAtEnd(text: string, stop: string): number {
  let length = Math.min(text.length, stop.length - 1);
  while (length > 0 && !text.endsWith(stop.slice(0, length))) length--;
  return length;
}
