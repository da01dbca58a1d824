import type { BatchEntry } from '../session/batch';

/** How the states of tokens become vectors of their text, in the order of llama.cpp's numbers. */
export const poolings = ['none', 'mean', 'cls', 'last'] as const;

/** `mean` of all tokens, that of the first (`cls`) or of the `last` one; `none`: a vector for each token. */
export type Pooling = (typeof poolings)[number];

/** Makes the vectors of one text, whose tokens are read in pieces. */
export class Pooler {
  readonly #pooling: Pooling;
  /** Tokens of the text. */
  readonly #length: number;
  /** Tokens that were read. */
  #read = 0;
  readonly #states: Float32Array[] = [];

  constructor(pooling: Pooling, length: number) {
    this.#pooling = pooling;
    this.#length = length;
  }

  /** Of which of the next `count` tokens the states are wanted. */
  wanted(count: number): NonNullable<BatchEntry['logits']> {
    switch (this.#pooling) {
      case 'none':
      case 'mean':
        return 'all';
      case 'cls':
        return this.#read === 0 ? [0] : 'none';
      case 'last':
        return this.#read + count === this.#length ? 'last' : 'none';
    }
  }

  /** `count` tokens were read; takes the states that were wanted. */
  push(count: number, states: readonly Float32Array[]): void {
    this.#read += count;
    const [sum] = this.#states;
    if (this.#pooling !== 'mean') this.#states.push(...states);
    else this.#states.splice(0, 1, sumOf(sum === undefined ? states : [sum, ...states]));
  }

  /** One vector, or one for each token; not normalised. */
  vectors(): readonly Float32Array[] {
    if (this.#pooling !== 'mean') return this.#states;
    return this.#states.map((sum) => sum.map((value) => value / this.#length));
  }
}

function sumOf(states: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(states[0]?.length ?? 0);
  for (const state of states) {
    for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) + (state[index] ?? 0);
  }
  return sum;
}

/** A vector of the same direction whose length is 1; of zeros, where there is no direction. */
export function normalized(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}
