import { roundHalfEven } from './round';

/** The largest finite number that an IEEE 754 binary16 holds. */
export const MAX_F16 = 65504;

const SIGN = 0x8000;
const INFINITY_BITS = 0x7c00;
const QUIET_NAN_BITS = 0x7e00;

/** Half of the step above {@link MAX_F16}: from here on, rounding to nearest gives infinity. */
const FIRST_ROUNDED_TO_INFINITY = 65520;
const SMALLEST_NORMAL = 2 ** -14;
/** Subnormal numbers are multiples of 2^-24. */
const SUBNORMALS_PER_ONE = 2 ** 24;
/** Exponent biases are 15 and 127; a binary16 shifted into the place of a binary32 is 2^112 times too small. */
const EXPONENT_BIAS_GAP = 112;
const REBIAS = 2 ** EXPONENT_BIAS_GAP;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The number that 16 bits of an IEEE 754 binary16 stand for. Exact; subnormals, infinities and NaN included. */
export function f16ToF32(half: number): number {
  if ((half & INFINITY_BITS) === INFINITY_BITS) {
    if ((half & 0x3ff) !== 0) return NaN;
    return (half & SIGN) === 0 ? Infinity : -Infinity;
  }
  bits[0] = ((half & SIGN) << 16) | ((half & 0x7fff) << 13);
  return (float[0] ?? 0) * REBIAS;
}

/**
 * The 16 bits of the binary16 nearest to `value`, ties to even, as IEEE 754 says: 65520 and more give infinity.
 * `value` is rounded to f32 first, so that f32 arithmetic elsewhere gives the same bits.
 */
export function f32ToF16(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & SIGN;
  const magnitude = Math.abs(float[0]);
  if (Number.isNaN(magnitude)) return sign | QUIET_NAN_BITS;
  if (magnitude >= FIRST_ROUNDED_TO_INFINITY) return sign | INFINITY_BITS;
  if (magnitude < SMALLEST_NORMAL) return sign | roundHalfEven(magnitude * SUBNORMALS_PER_ONE);
  const tiesToEven = 0xfff + ((word >>> 13) & 1);
  return sign | (((word & 0x7fffffff) - (EXPONENT_BIAS_GAP << 23) + tiesToEven) >>> 13);
}

/**
 * Like {@link f32ToF16}, but a finite number beyond the range becomes the largest one of its sign: one scale of
 * infinity would make a whole block infinite or NaN, a saturated one leaves the nearest block there is.
 */
export function f32ToFiniteF16(value: number): number {
  return Number.isFinite(value) ? f32ToF16(Math.min(Math.max(value, -MAX_F16), MAX_F16)) : f32ToF16(value);
}
