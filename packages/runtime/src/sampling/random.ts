const MASK = (1n << 64n) - 1n;

/**
 * Random numbers that a seed gives again, on every machine: xoshiro128** 1.1 (Blackman and Vigna, 2018), whose four words of state
 * are the first two numbers that splitmix64 gives from the seed, low word first, as its authors advise.
 */
export class Random {
  readonly #state = new Uint32Array(4);

  /** `seed`: a whole number from 0 to 2^53 - 1. */
  constructor(seed: number) {
    let state = BigInt(seed);
    for (let word = 0; word < 4; word += 2) {
      state = (state + 0x9e37_79b9_7f4a_7c15n) & MASK;
      const mixed = splitMix(state);
      this.#state[word] = Number(mixed & 0xffff_ffffn);
      this.#state[word + 1] = Number(mixed >> 32n);
    }
  }

  /** A whole number from 0 to 2^32 - 1. */
  word(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    state[2] = c ^ a;
    state[3] = d ^ b;
    state[1] = b ^ (c ^ a);
    state[0] = a ^ (d ^ b);
    state[2] = c ^ a ^ (b << 9);
    state[3] = rotateLeft(d ^ b, 11);
    return result;
  }

  /** A number from 0 up to and without 1, in steps of 2^-53. */
  fraction(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }
}

function splitMix(state: bigint): bigint {
  const first = ((state ^ (state >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & MASK;
  const second = ((first ^ (first >> 27n)) * 0x94d0_49bb_1331_11ebn) & MASK;
  return second ^ (second >> 31n);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
