/** Constants of the cubic, rounded to f32 as the peer has them. Source: iqk_quantize.cpp, `A_IQ6K` to `S_IQ6K`. */
const A = -127;
const B = Math.fround(6.2568);
const C = Math.fround(-0.11218);
const D = Math.fround(0.0011972);
const SHIFT = 1;

/**
 * `A + B q + C q^2 + D q^3` by Horner's rule, each step a multiply and add with one rounding to f32, because the peer's
 * compiler makes fused multiply-adds of it. The double arithmetic before each rounding is exact: q has 6 bits, the rest 24.
 */
function cubic(q: number): number {
  const { fround } = Math;
  const inner = fround(C + q * D);
  const middle = fround(B + q * inner);
  return fround(A + q * middle);
}

/**
 * The 64 values that a 6-bit index of iq6_k stands for, and after them the same values shifted by 1. They are not whole
 * numbers: decoding takes the values of a cubic, and the table of rounded ones (`iq6nl_values`) that the peer's matrix
 * kernels use differs from it by up to one half.
 */
export const IQ6_VALUES = Float32Array.from(
  { length: 128 },
  (_, index) => cubic(index & 63) + (index >> 6) * SHIFT,
);
