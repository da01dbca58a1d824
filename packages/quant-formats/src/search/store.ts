import { f16ToF32, f32ToFiniteF16 } from '../numeric/f16';
import { MAX_F32 } from '../numeric/f32';

/** A super scale as a binary16 holds it; one beyond the range becomes the largest. */
export function storeAsF16(superScale: number): number {
  return f16ToF32(f32ToFiniteF16(superScale));
}

/** How an f32 holds super scales that are multiplied by up to `largestFactor`, such that no product overflows. */
export function storeAsF32(largestFactor: number): (superScale: number) => number {
  // A little less than the quotient: each of the two products that restore a weight may round up.
  const largest = Math.fround(Math.fround(MAX_F32 / largestFactor) * (1 - 2 ** -22));
  return (superScale) => Math.fround(Math.min(Math.max(superScale, -largest), largest));
}
