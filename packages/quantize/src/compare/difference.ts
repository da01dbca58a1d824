import { addErrors, NO_ERROR, type SquareErrorSums } from '@halftone/tensor-kernels';

/** Sums over weights x of one file and y of another, from which all that compares them follows: `error` is that of (x - y)^2. */
export interface DifferenceSums extends SquareErrorSums {
  readonly weights: number;
  /** Sum of y^2. */
  readonly otherEnergy: number;
  /** Sum of x y. */
  readonly product: number;
}

/** The sums over no weights at all. */
export const NO_DIFFERENCE: DifferenceSums = { ...NO_ERROR, weights: 0, otherEnergy: 0, product: 0 };

/** The sums over two disjoint sets of weights. */
export function addDifferences(one: DifferenceSums, two: DifferenceSums): DifferenceSums {
  return {
    ...addErrors(one, two),
    weights: one.weights + two.weights,
    otherEnergy: one.otherEnergy + two.otherEnergy,
    product: one.product + two.product,
  };
}

/** The sums over a run of weights, as many of each file; without importance every column counts as 1. */
export function differenceSums(
  weights: Float32Array,
  others: Float32Array,
  importance: Float32Array | undefined,
): DifferenceSums {
  let error = 0;
  let energy = 0;
  let otherEnergy = 0;
  let product = 0;
  let weightedError = 0;
  let weightedEnergy = 0;
  for (let column = 0; column < weights.length; column++) {
    const weight = weights[column] ?? 0;
    const other = others[column] ?? 0;
    const square = (weight - other) ** 2;
    const columnImportance = importance === undefined ? 1 : (importance[column] ?? 0);
    error += square;
    energy += weight * weight;
    otherEnergy += other * other;
    product += weight * other;
    weightedError += columnImportance * square;
    weightedEnergy += columnImportance * weight * weight;
  }
  return {
    weights: weights.length,
    error,
    energy,
    otherEnergy,
    product,
    weightedError,
    weightedEnergy,
  };
}

/** What sums say of two files. */
export interface DifferenceFigures {
  /** Sum of the squares of what the weights differ by. */
  readonly squareError: number;
  /** The same, over the sum of the squares of the first file's weights: 0 for equal weights, 1 as bad as all zeros. */
  readonly relativeError: number;
  /** As `relativeError`, each column weighted with its importance. */
  readonly weightedError: number;
  /** Cosine of the angle between the weights of both, seen as vectors. */
  readonly cosine: number;
}

/** The figures of sums; two files of zeros are equal, and zeros are at a right angle to all else. */
export function differenceFigures(sums: DifferenceSums): DifferenceFigures {
  const { error: squareError, energy, otherEnergy, product, weightedError, weightedEnergy } = sums;
  const lengths = Math.sqrt(energy) * Math.sqrt(otherEnergy);
  return {
    squareError,
    relativeError: ratio(squareError, energy),
    weightedError: ratio(weightedError, weightedEnergy),
    cosine: squareError === 0 ? 1 : lengths === 0 ? 0 : Math.min(1, product / lengths),
  };
}

/** Equal weights differ by nothing, even from zeros; what differs from zeros differs without measure. */
function ratio(error: number, energy: number): number {
  return error === 0 ? 0 : error / energy;
}
