/** Places of the table, a power of two: two letters that share one with others are only not told apart. */
const PLACES = 1 << 20;

/**
 * Cuts text where no token goes across. What stands on the two sides can be encoded apart with the same result, however tokens are
 * chosen, and most texts come apart into words that were seen before.
 */
export class Seams {
  /** Whether some token has two UTF-16 units next to each other, by a number made of both. */
  readonly #joined = new Uint8Array(PLACES);

  constructor(tokens: readonly string[]) {
    for (const text of tokens) {
      for (let at = 1; at < text.length; at++) this.#joined[placeOf(text, at)] = 1;
    }
  }

  cut(text: string, each: (piece: string) => void): void {
    let start = 0;
    for (let at = 1; at < text.length; at++) {
      if (this.#joined[placeOf(text, at)] === 1 || isLowSurrogate(text.charCodeAt(at))) continue;
      each(text.slice(start, at));
      start = at;
    }
    if (start < text.length) each(text.slice(start));
  }
}

function placeOf(text: string, at: number): number {
  return (Math.imul(text.charCodeAt(at - 1), 0x9e3b) + text.charCodeAt(at)) & (PLACES - 1);
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
