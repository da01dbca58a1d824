/** The probe places of one trial: the least and the greatest weight of a block, on the axis of codes. */
export type ProbePlaces = readonly [least: number, greatest: number];

/**
 * All that the affine search knows of a format. A weight is restored as
 * `superScale * scaleMultiplier[block] * code - superMinimum * minimumMultiplier[block]`, codes counting from 0.
 */
export interface AffineDescription {
  readonly kind: 'affine';
  /** Weights that share a scale and a minimum. */
  readonly blockLength: 16 | 32;
  /** The codes are 0 to this. */
  readonly greatestCode: number;
  /**
   * Both multipliers go from 0 to this. `undefined` where every block has a scale and a minimum of its own; the minimum may
   * then have any sign.
   */
  readonly greatestMultiplier: number | undefined;
  /** How much of the shrinking the last super numbers undo: as in `SearchDescription`. */
  readonly growth: number;
  /**
   * Where on the axis of codes to put the least and the greatest weight of a block, one trial each. Chosen greedily for the least
   * error over rows of trained models.
   */
  readonly probes: readonly ProbePlaces[];
}
