import { i16At, u8At } from '../numeric/bytes';

/** Where q4_K and q5_K have their scales: twelve bytes, eight scales and eight minima of 6 bits. */
const SCALES = 4;

/**
 * Scale `b` of eight, for the block that starts at byte `block`. Scales 0 to 3 are the low 6 bits of bytes 0 to 3; scales 4 to 7 have
 * their low 4 bits in bytes 8 to 11 and the high 2 bits above those scales. Source: ggml-quants.c, `get_scale_min_k4`.
 */
export function readScale(bytes: Uint8Array, block: number, b: number): number {
  const first = block + SCALES + (b & 3);
  if (b < 4) return u8At(bytes, first) & 63;
  return (u8At(bytes, first + 8) & 15) | ((u8At(bytes, first) >> 6) << 4);
}

/** Minimum `b` of eight: as the scales, in bytes 4 to 7, and in bits 4 to 7 of bytes 8 to 11. */
export function readMinimum(bytes: Uint8Array, block: number, b: number): number {
  const first = block + SCALES + 4 + (b & 3);
  if (b < 4) return u8At(bytes, first) & 63;
  return (u8At(bytes, first + 4) >> 4) | ((u8At(bytes, first) >> 6) << 4);
}

/** Write eight scales and eight minima of a block. */
export function writeScalesAndMinima(
  out: Uint8Array,
  block: number,
  scales: Int16Array,
  minima: Int16Array,
): void {
  for (let b = 0; b < 4; b++) {
    const [scale, minimum] = [i16At(scales, b + 4), i16At(minima, b + 4)];
    out[block + SCALES + b] = i16At(scales, b) | ((scale >> 4) << 6);
    out[block + SCALES + 4 + b] = i16At(minima, b) | ((minimum >> 4) << 6);
    out[block + SCALES + 8 + b] = (scale & 15) | ((minimum & 15) << 4);
  }
}
