/**
 * A rank and a place in a word are one key: `rank * PLACES + place`. A word has at most 2^24 UTF-16 units (`MAX_WORD`), so at most
 * 2^26 bytes, and ranks stay below 2^23 (`MAX_MERGES`): keys stay below 2^53, up to where numbers are exact.
 */
export const PLACES = 2 ** 30;

/** The place in a key. A division by a power of two is exact, and much faster than the remainder of numbers this large. */
export function placeOfKey(key: number): number {
  return key - Math.floor(key / PLACES) * PLACES;
}

/** The least of many numbers, again and again: a binary heap. */
export class MergeHeap {
  readonly #keys: number[] = [];

  get size(): number {
    return this.#keys.length;
  }

  push(key: number): void {
    const keys = this.#keys;
    let place = keys.length;
    keys.push(key);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = keys[parent] ?? 0;
      if (above <= key) break;
      keys[place] = above;
      place = parent;
    }
    keys[place] = key;
  }

  /** Take the least out; there must be one. */
  pop(): number {
    const keys = this.#keys;
    const least = keys[0] ?? Number.NaN;
    const last = keys.pop() ?? Number.NaN;
    if (keys.length > 0) this.#sink(last);
    return least;
  }

  #sink(key: number): void {
    const keys = this.#keys;
    let place = 0;
    while (true) {
      let child = 2 * place + 1;
      if (child >= keys.length) break;
      if (child + 1 < keys.length && (keys[child + 1] ?? 0) < (keys[child] ?? 0)) child++;
      const below = keys[child] ?? 0;
      if (key <= below) break;
      keys[place] = below;
      place = child;
    }
    keys[place] = key;
  }
}
