import { f32At } from './bytes';

/** The largest magnitude of `count` weights from `start` on. */
export function largestMagnitude(weights: Float32Array, start: number, count: number): number {
  let largest = 0;
  for (let i = start; i < start + count; i++) largest = Math.max(largest, Math.abs(f32At(weights, i)));
  return largest;
}
