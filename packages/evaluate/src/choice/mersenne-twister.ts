const LENGTH = 624;
const DISTANCE = 397;

/**
 * The random numbers of `std::mt19937`: M. Matsumoto and T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed
 * uniform pseudo-random number generator", 1998, with the seeding of 2002.
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(LENGTH);
  #place = LENGTH;

  constructor(seed: number) {
    this.#state[0] = seed;
    for (let i = 1; i < LENGTH; i++) {
      const before = this.#at(i - 1);
      this.#state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  /** The next number, 0 to 2^32 - 1. */
  next(): number {
    if (this.#place === LENGTH) this.#twist();
    let y = this.#at(this.#place++);
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /**
   * A whole number from 0 up to and without `count`, as `std::uniform_int_distribution` of libstdc++ gives it since GCC 11:
   * the upper half of a product, and another number where the lower half says that the result would come too often
   * (D. Lemire, "Fast random integer generation in an interval", 2019).
   */
  below(count: number): number {
    const threshold = 2 ** 32 % count;
    let product: bigint;
    do product = BigInt(this.next()) * BigInt(count);
    while (Number(product & 0xffff_ffffn) < threshold);
    return Number(product >> 32n);
  }

  #twist(): void {
    for (let i = 0; i < LENGTH; i++) {
      const y = (this.#at(i) & 0x80000000) | (this.#at((i + 1) % LENGTH) & 0x7fffffff);
      this.#state[i] = this.#at((i + DISTANCE) % LENGTH) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#place = 0;
  }

  #at(place: number): number {
    return this.#state[place] ?? 0;
  }
}
