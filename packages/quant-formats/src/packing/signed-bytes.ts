/*
 * Weights as signed bytes under a scale, one behind the other: x = d * q.
 */
import { f32At, i8At } from '../numeric/bytes';
import { roundHalfEven } from '../numeric/round';

/** The scale spends the codes -127 to 127; -128 is left unused, so that both signs reach equally far. */
export const LARGEST_CODE = 127;

/** Restore `count` weights, from byte `at` on, to `out` from `start` on. */
export function decodeBytes(
  bytes: Uint8Array,
  at: number,
  d: number,
  out: Float32Array,
  start: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) out[start + i] = d * i8At(bytes, at + i);
}

/** Write the codes nearest to the quotients of `count` weights, from `start` on, and the scale, from byte `at` on; gives their sum. Where the scale is zero, so are they. */
export function quotientCodes(
  weights: Float32Array,
  start: number,
  count: number,
  d: number,
  out: Uint8Array,
  at: number,
): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const code = d === 0 ? 0 : roundHalfEven(f32At(weights, start + i) / d);
    const within = Math.min(Math.max(code, -LARGEST_CODE), LARGEST_CODE);
    out[at + i] = within;
    sum += within;
  }
  return sum;
}
