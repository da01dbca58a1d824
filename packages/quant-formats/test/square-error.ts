/** sum(w (x - d)^2), with w the importance of the column, or 1. Rows x columns. */
export function weightedSquareError(
  weights: Float32Array,
  decoded: Float32Array,
  importance: Float32Array | undefined,
): number {
  let error = 0;
  for (const [i, weight] of weights.entries()) {
    const important = importance === undefined ? 1 : (importance[i % importance.length] ?? NaN);
    error += important * (weight - (decoded[i] ?? NaN)) ** 2;
  }
  return error;
}

/** {@link weightedSquareError} as a part of that of a row of zeros, sum(w x^2): the measure that encoders are compared by. */
export function relativeWeightedSquareError(
  weights: Float32Array,
  decoded: Float32Array,
  importance: Float32Array | undefined,
): number {
  const ofZeros = weightedSquareError(weights, new Float32Array(weights.length), importance);
  return weightedSquareError(weights, decoded, importance) / ofZeros;
}
