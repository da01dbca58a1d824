import { valueAt } from '../numeric/bytes';

/** Weights from `start` on: a point of a grid of eight coordinates, times `scale`, with a bit of `signs` set where minus is meant. */
export function restoreEight(
  points: Int8Array,
  index: number,
  scale: number,
  signs: number,
  out: Float32Array,
  start: number,
): void {
  for (let j = 0; j < 8; j++) {
    const weight = scale * valueAt(points, 8 * index + j);
    out[start + j] = (signs >> j) & 1 ? -weight : weight;
  }
}

/** The same for a point of four coordinates and the four lowest bits of `signs`. */
export function restoreFour(
  points: Int8Array,
  index: number,
  scale: number,
  signs: number,
  out: Float32Array,
  start: number,
): void {
  for (let j = 0; j < 4; j++) {
    const weight = scale * valueAt(points, 4 * index + j);
    out[start + j] = (signs >> j) & 1 ? -weight : weight;
  }
}
