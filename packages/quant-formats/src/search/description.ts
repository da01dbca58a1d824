/** The whole numbers that may multiply the super scale: `least`, `least + step`, … `greatest`. */
export interface Multipliers {
  readonly least: number;
  readonly greatest: number;
  /** 1, or 2 for the odd numbers alone. */
  readonly step: 1 | 2;
  /** Where only some of these are allowed: which, ascending. */
  readonly among?: Float32Array;
}

/** Multipliers to try around a chosen one m: `m + step * k` for k from `-count` to `count`, and their opposites. */
export interface Retries {
  readonly count: number;
  readonly step: number;
}

/** Codes for groups of weights: points of a grid. */
export interface GridDescription {
  /** Weights that share a point. */
  readonly dimensions: 2 | 4 | 8;
  /** The points, one after another; each coordinate is a value of the codebook. */
  readonly points: Int8Array;
  /** Whether points tell magnitudes, and signs stand beside them: any, or for each eight weights an even number of minus signs. */
  readonly signs: 'none' | 'any' | 'even';
  /** What may be added to all coordinates of a point, one choice for each group; left out where there is no choice. */
  readonly moves?: readonly number[];
}

/** Codes for groups of weights: states of a generator of numbers (packing/trellis.ts). */
export interface TrellisDescription {
  /** Weights that follow from a state together. */
  readonly dimensions: 4 | 8;
  /** How many states there are, and the first of them. */
  readonly states: number;
  readonly firstState: number;
  /** Whether the numbers tell magnitudes, and a sign stands beside each. */
  readonly magnitudes: boolean;
  /** Between which cells the first number of a state, the second and so on is sorted: in turn one of these rows, ascending. */
  readonly borders: readonly Float32Array[];
  /** How many borders may be crossed to look for a better state. */
  readonly reach: number;
  /** Whether codes that are only tried are looked for less far: of the cells beyond more than one border, only beyond the two nearest. */
  readonly hasNearTrials: boolean;
}

/**
 * All that the search knows of a format. A weight is restored as
 * `superScale * multiplier[block] * (codebook[code] + shifts[variant[block]])`.
 */
export interface SearchDescription {
  readonly kind: 'scale';
  /** Weights that share a multiplier and a variant. */
  readonly blockLength: 16 | 32 | 64 | 128;
  /**
   * The values that codes 0, 1, … stand for, ascending; with a grid, those that a coordinate may have; with a trellis, the
   * least and the greatest number that follows from a state.
   */
  readonly codebook: Float32Array;
  /** Where the code is for a group of weights together. */
  readonly grid?: GridDescription;
  /** Where the code is a state from which a group of weights follows. */
  readonly trellis?: TrellisDescription;
  /** What each variant of the codebook adds to every value, or with a trellis to every state; `[0]` where there is no choice. */
  readonly shifts: readonly number[];
  /** `undefined` where every block has a super scale of its own and no multiplier. */
  readonly multipliers: Multipliers | undefined;
  /**
   * Where on the codebook to put the weight of largest magnitude of a block, one trial each: most of them near the ends of the
   * codebook, the ones beyond them clip that weight. Chosen greedily for the least error over rows of trained models.
   */
  readonly probes: readonly number[];
  /** Which multipliers are tried besides, once the super scale is chosen; left out where none are. */
  readonly retries?: Retries;
  /** Whether the codes of every word of four weights must have an even number of set bits together. */
  readonly evenParity: boolean;
  /**
   * How much of the shrinking the last super scale undoes, from 0 to 1 for all of it. Undoing it costs about the part of the square
   * error that the error is of the square sum: next to nothing at 4 bits and more, 10 % at 2 bits.
   */
  readonly growth: number;
  /** The finite super scale nearest to the one wanted, as the format stores it. */
  readonly store: (superScale: number) => number;
  /** The smallest super scale above zero that the format stores. */
  readonly smallestSuperScale: number;
}
