/** The largest finite number that a bfloat16 holds: 2^128 - 2^120. */
export const MAX_BF16 = 2 ** 128 - 2 ** 120;

const MAGNITUDE = 0x7fffffff;
const INFINITY_BITS = 0x7f800000;
/** In the upper half of an f32, the bit that makes a NaN quiet. */
const QUIET = 0x40;
/** The upper halves of the largest finite f32 and of infinity. */
const MAX_FINITE = 0x7f7f;
/** From these f32 bits on, rounding to nearest gives infinity. */
const FIRST_ROUNDED_TO_INFINITY = 0x7f7f8000;

/**
 * The bfloat16 nearest to the f32 whose bits are `word`, ties to even; a NaN becomes quiet and keeps its sign and
 * upper payload (ggml-impl.h, `ggml_compute_fp32_to_bf16`). Unlike the peer, a finite number beyond the range
 * becomes the largest finite one instead of infinity.
 */
export function f32BitsToFiniteBf16(word: number): number {
  const magnitude = word & MAGNITUDE;
  if (magnitude > INFINITY_BITS) return (word >>> 16) | QUIET;
  if (magnitude >= FIRST_ROUNDED_TO_INFINITY && magnitude < INFINITY_BITS)
    return ((word >>> 16) & 0x8000) | MAX_FINITE;
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}
