/** How the mean squares of a tensor's columns are distributed. */
export interface ColumnDistribution {
  readonly valueCount: number;
  readonly sum: number;
  readonly mean: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly standardDeviation: number;
  /** Share of the columns whose mean square is more than 1e-5: one below is as good as never used. */
  readonly activeShare: number;
  /** Entropy of the mean squares, taken as the probabilities of the columns, in bits. */
  readonly entropy: number;
  /** Entropy relative to the largest possible, `log2(valueCount)`: 1 where all columns matter alike. */
  readonly relativeEntropy: number;
  /** Share of the columns that lie more than one standard deviation above the mean. */
  readonly zScoreDensity: number;
}

const INACTIVE_MEAN_SQUARE = 1e-5;

/** The distribution of one or more values from 0 on. Plain loops: a large model has hundreds of millions of values. */
export function distributionOf(values: Float64Array): ColumnDistribution {
  const valueCount = values.length;
  let [sum, minimum, maximum, active] = [0, Infinity, 0, 0];
  for (let i = 0; i < valueCount; i++) {
    const value = values[i] ?? NaN;
    sum += value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    if (value > INACTIVE_MEAN_SQUARE) active++;
  }
  const mean = sum / valueCount;
  let [squares, entropy] = [0, 0];
  for (let i = 0; i < valueCount; i++) {
    const value = values[i] ?? NaN;
    squares += (value - mean) ** 2;
    const share = value / sum;
    if (share > 0) entropy -= share * Math.log2(share);
  }
  const standardDeviation = Math.sqrt(squares / valueCount);
  let high = 0;
  for (let i = 0; i < valueCount; i++) if ((values[i] ?? NaN) > mean + standardDeviation) high++;
  return {
    valueCount,
    sum,
    mean,
    minimum,
    maximum,
    standardDeviation,
    activeShare: active / valueCount,
    entropy,
    relativeEntropy: valueCount === 1 ? 1 : entropy / Math.log2(valueCount),
    zScoreDensity: high / valueCount,
  };
}

/** The cosine of the angle between two vectors of one length; `undefined` where one of them is zero throughout. */
export function cosineOf(
  one: Float32Array | Float64Array,
  other: Float32Array | Float64Array,
): number | undefined {
  let [product, square, otherSquare] = [0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    const value = one[i] ?? NaN;
    const otherValue = other[i] ?? NaN;
    product += value * otherValue;
    square += value * value;
    otherSquare += otherValue * otherValue;
  }
  const lengths = Math.sqrt(square) * Math.sqrt(otherSquare);
  return lengths > 0 ? product / lengths : undefined;
}
