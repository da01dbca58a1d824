/** The whole numbers that a block scale may be: `least`, `least + step`, … `greatest`. */
export interface Multipliers {
  readonly least: number;
  readonly greatest: number;
  /** 1, or 2 for the odd numbers alone. */
  readonly step: 1 | 2;
}

/**
 * All that the search knows of a format. A weight is restored as
 * `superScale * multiplier[block] * (codebook[code] + shifts[variant[block]])`.
 */
export interface SearchDescription {
  /** Weights that share a multiplier and a variant. */
  readonly blockLength: 16 | 32;
  /** The values a code stands for, ascending. */
  readonly codebook: Float32Array;
  /** What each variant of the codebook adds to every value. `[0]` where there is no choice. */
  readonly shifts: readonly number[];
  /** `undefined` where a block has no scale of its own: then each block is searched with a super scale of its own. */
  readonly multipliers: Multipliers | undefined;
  /** Where on the codebook to try to put the largest weight of a block; most of them near its ends. */
  readonly probes: readonly number[];
  /** Whether the codes of each word of four weights must have an even number of set bits together, as in iq4_kss. */
  readonly evenParity: boolean;
  /** The super scale as the format will store it: the nearest binary16, or an f32. Never infinite. */
  readonly store: (superScale: number) => number;
}
