import { TokenizerError } from './error';

/** In the place of a value: none. */
export const NONE = -1;

/**
 * Places that are looked at for one entry of a hash table. Threat: a vocabulary whose entries are made to meet in one place takes the
 * square of their number. Largest: under 100, at half of the places taken.
 */
const MAX_STEPS = 1024;

/** The next place to look at. @throws {@link TokenizerError} `bad-token` after too many. */
export function stepOn(place: number, mask: number, steps: number): number {
  if (steps < MAX_STEPS) return (place + 1) & mask;
  throw new TokenizerError(
    'bad-token',
    'the vocabulary is made so that its tokens cannot be told apart in time',
    {
      found: `${steps} tokens in one place of a table`,
      advice: 'Do not use this file: no honest one looks like that.',
    },
  );
}

/**
 * Numbers by pairs of whole numbers from 0 on: a hash table with open addressing, since a pair makes a number that a `Map` would have
 * to put into an object of its own.
 */
export class PairTable {
  /** By place. At most half of the places are taken; a free one has no value. */
  #lefts: Int32Array;
  #rights: Int32Array;
  #values: Int32Array;
  #count = 0;

  /** `expected`: about how many pairs there will be. */
  constructor(expected: number) {
    const places = 2 ** Math.ceil(Math.log2(2 * expected + 2));
    this.#lefts = new Int32Array(places);
    this.#rights = new Int32Array(places);
    this.#values = new Int32Array(places).fill(NONE);
  }

  /** The value of a pair, or `NONE`. */
  get(left: number, right: number): number {
    return this.#values[this.#placeOf(left, right)] ?? NONE;
  }

  /** Give a pair a value, unless it has one. */
  add(left: number, right: number, value: number): void {
    const place = this.#placeOf(left, right);
    if (this.#values[place] !== NONE) return;
    this.#lefts[place] = left;
    this.#rights[place] = right;
    this.#values[place] = value;
    if (2 * ++this.#count > this.#values.length) this.#grow();
  }

  /** Where a pair is, or would be. */
  #placeOf(left: number, right: number): number {
    const mask = this.#values.length - 1;
    const mixed = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b);
    let place = (mixed ^ (mixed >>> 15)) & mask;
    let steps = 0;
    while (this.#values[place] !== NONE && (this.#lefts[place] !== left || this.#rights[place] !== right)) {
      place = stepOn(place, mask, ++steps);
    }
    return place;
  }

  #grow(): void {
    const [lefts, rights, values] = [this.#lefts, this.#rights, this.#values];
    this.#lefts = new Int32Array(2 * values.length);
    this.#rights = new Int32Array(2 * values.length);
    this.#values = new Int32Array(2 * values.length).fill(NONE);
    values.forEach((value, old) => {
      if (value === NONE) return;
      const place = this.#placeOf(lefts[old] ?? 0, rights[old] ?? 0);
      this.#lefts[place] = lefts[old] ?? 0;
      this.#rights[place] = rights[old] ?? 0;
      this.#values[place] = value;
    });
  }
}
