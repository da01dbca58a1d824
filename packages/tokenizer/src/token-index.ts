import { NONE, stepOn } from './pair-table';

/**
 * Tokens by their text, or by a part of a longer text that need not be cut out of it: a hash table with open addressing.
 * (A `Map` wants the part as a string of its own, which costs more than finding it.)
 */
export class TokenIndex {
  /** By place: a token. At most half of the places are taken. */
  readonly #ids: Int32Array;
  readonly #texts: readonly string[];

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    this.#ids = new Int32Array(2 ** Math.ceil(Math.log2(2 * texts.length + 2))).fill(NONE);
  }

  /** Add a token. Gives back the one that has its text already, or `NONE`. */
  add(id: number): number {
    const text = this.#texts[id] ?? '';
    const place = this.#placeOf(hash(BASIS, text, 0, text.length), text, 0, text.length);
    const other = this.#ids[place] ?? NONE;
    if (other === NONE) this.#ids[place] = id;
    return other;
  }

  /** The token that is the part of a text from `start` to `end`, or `NONE`. */
  find(text: string, start = 0, end = text.length): number {
    return this.#ids[this.#placeOf(hash(BASIS, text, start, end), text, start, end)] ?? NONE;
  }

  /** The token that a text without its character at `gap` is, or `NONE`. */
  findWithout(text: string, gap: number): number {
    const hashed = hash(hash(BASIS, text, 0, gap), text, gap + 1, text.length);
    return this.#ids[this.#placeOf(hashed, text, 0, text.length, gap)] ?? NONE;
  }

  #placeOf(hashed: number, text: string, start: number, end: number, gap = Infinity): number {
    const mask = this.#ids.length - 1;
    let place = (hashed ^ (hashed >>> 15)) & mask;
    let steps = 0;
    while (!this.#isAt(place, text, start, end, gap)) place = stepOn(place, mask, ++steps);
    return place;
  }

  /** Whether a place is free, or has the token of this text. */
  #isAt(place: number, text: string, start: number, end: number, gap: number): boolean {
    const id = this.#ids[place] ?? NONE;
    if (id === NONE) return true;
    const token = this.#texts[id] ?? '';
    if (token.length !== end - start - (gap < end ? 1 : 0)) return false;
    for (let at = 0; at < token.length; at++) {
      const from = start + at;
      if (token.charCodeAt(at) !== text.charCodeAt(from < gap ? from : from + 1)) return false;
    }
    return true;
  }
}

/** Where hashes begin (FNV). */
const BASIS = 0x811c9dc5;

/** Go on with the hash of a text (FNV-1a, in UTF-16 units). */
function hash(before: number, text: string, start: number, end: number): number {
  let hashed = before;
  for (let at = start; at < end; at++) hashed = Math.imul(hashed ^ text.charCodeAt(at), 0x01000193);
  return hashed;
}
