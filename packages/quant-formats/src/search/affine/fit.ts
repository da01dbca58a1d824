const { fround } = Math;

/** Below this part of the product of its diagonal a determinant is but rounding: all codes are as good as equal. */
const LEAST_DETERMINANT = 2 ** -17;

/** Sums over weights with codes c under multipliers S and M, of which the best super scale and super minimum follow. */
export interface AffineSums {
  /** `sum(w S c S c)` */
  readonly codeCode: number;
  /** `sum(w S c M)` */
  readonly code: number;
  /** `sum(w M M)` */
  readonly weight: number;
  /** `sum(w x S c)` */
  readonly weightCode: number;
  /** `sum(w x M)` */
  readonly value: number;
}

/** The best scale and minimum for some codes. */
export interface AffineFit {
  readonly scale: number;
  readonly minimum: number;
}

/**
 * The scale s and the minimum m with the least `sum w (x - s S c + m M)^2`, which is where both derivatives vanish:
 * `s codeCode - m code = weightCode` and `s code - m weight = value`. A minimum below zero becomes zero unless `anySign`.
 */
export function fitAffine(sums: AffineSums, anySign: boolean): AffineFit {
  const { codeCode, code, weight, weightCode, value } = sums;
  const diagonal = fround(codeCode * weight);
  const determinant = fround(diagonal - fround(code * code));
  if (determinant > fround(diagonal * LEAST_DETERMINANT)) {
    const scale = fround(fround(fround(weightCode * weight) - fround(value * code)) / determinant);
    const minimum = fround(fround(fround(weightCode * code) - fround(value * codeCode)) / determinant);
    if (anySign || minimum >= 0) return { scale, minimum };
  }
  if (codeCode !== 0) return { scale: fround(weightCode / codeCode), minimum: 0 };
  const minimum = weight === 0 ? 0 : fround(-value / weight);
  return { scale: 0, minimum: anySign || minimum > 0 ? minimum : 0 };
}

/** How much less than that of zeros the square error is: `sum w x x - sum w (x - s S c + m M)^2`. */
export function affineGain(sums: AffineSums, scale: number, minimum: number): number {
  const { codeCode, code, weight, weightCode, value } = sums;
  const ofScale = fround(scale * fround(fround(2 * weightCode) - fround(scale * codeCode)));
  const both = fround(fround(2 * value) - fround(fround(2 * scale) * code));
  return fround(ofScale - fround(minimum * fround(both + fround(minimum * weight))));
}
