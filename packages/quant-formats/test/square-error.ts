/**
 * sum(w (x - d)^2) / sum(w x^2): the error of `decoded` against `weights` (rows x columns), weighted with the importance of
 * the column, or equally. The measure that encoders are compared by.
 */
export function relativeWeightedSquareError(
  weights: Float32Array,
  decoded: Float32Array,
  importance: Float32Array | undefined,
): number {
  let error = 0;
  let total = 0;
  for (const [i, weight] of weights.entries()) {
    const important = importance === undefined ? 1 : (importance[i % importance.length] ?? NaN);
    error += important * (weight - (decoded[i] ?? NaN)) ** 2;
    total += important * weight ** 2;
  }
  return error / total;
}
