import { f16ToF32, f32ToFiniteF16 } from '../numeric/f16';
import { MAX_F32 } from '../numeric/f32';
import type { SearchDescription } from './description';
import type { Workspace } from './workspace';

const { fround } = Math;

/** The smallest binary16 above zero, a subnormal. */
export const SMALLEST_F16 = 2 ** -24;
/** The smallest f32 above zero, a subnormal. */
export const SMALLEST_F32 = 2 ** -149;

/** A super scale as a binary16 holds it; one beyond the range becomes the largest. */
export function storeAsF16(superScale: number): number {
  return f16ToF32(f32ToFiniteF16(superScale));
}

/** How an f32 holds super scales that are multiplied by up to `largestFactor`, such that no product overflows. */
export function storeAsF32(largestFactor: number): (superScale: number) => number {
  // A little less than the quotient: each of the two products that restore a weight may round up.
  const largest = fround(fround(MAX_F32 / largestFactor) * (1 - 2 ** -22));
  return (superScale) => fround(Math.min(Math.max(superScale, -largest), largest));
}

/** A super scale of the normalized weights, rounded to what the format can store of it. */
export function storedSuperScale(work: Workspace, { store }: SearchDescription, superScale: number): number {
  return fround(store(fround(superScale / work.factor)) * work.factor);
}

/** The smallest super scale above zero that the normalized weights can have. */
export function smallestSuperScale(work: Workspace, description: SearchDescription): number {
  return fround(description.smallestSuperScale * work.factor);
}
