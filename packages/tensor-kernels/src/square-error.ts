/** Sums over weights, from which the relative errors of a tensor follow. Plain data, so that it crosses threads. */
export interface SquareErrorSums {
  /** Sum of (x - d)^2, where x is a weight and d what the file holds in its place. */
  readonly error: number;
  /** Sum of x^2. */
  readonly energy: number;
  /** Sum of w (x - d)^2, where w is the importance of the column; equal to `error` where there is none. */
  readonly weightedError: number;
  /** Sum of w x^2. */
  readonly weightedEnergy: number;
}

/** The sums over no weights at all. */
export const NO_ERROR: SquareErrorSums = { error: 0, energy: 0, weightedError: 0, weightedEnergy: 0 };

/** The sums over two disjoint sets of weights. */
export function addErrors(a: SquareErrorSums, b: SquareErrorSums): SquareErrorSums {
  return {
    error: a.error + b.error,
    energy: a.energy + b.energy,
    weightedError: a.weightedError + b.weightedError,
    weightedEnergy: a.weightedEnergy + b.weightedEnergy,
  };
}

/** The sums over one row. All three arrays have one value per column; without importance every column counts as 1. */
export function rowErrors(
  weights: Float32Array,
  decoded: Float32Array,
  importance: Float32Array | undefined,
): SquareErrorSums {
  let error = 0;
  let energy = 0;
  let weightedError = 0;
  let weightedEnergy = 0;
  for (let column = 0; column < weights.length; column++) {
    const weight = weights[column] ?? 0;
    const difference = weight - (decoded[column] ?? 0);
    const columnImportance = importance === undefined ? 1 : (importance[column] ?? 0);
    error += difference * difference;
    energy += weight * weight;
    weightedError += columnImportance * difference * difference;
    weightedEnergy += columnImportance * weight * weight;
  }
  return { error, energy, weightedError, weightedEnergy };
}
