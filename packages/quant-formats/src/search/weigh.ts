import { f32At } from '../numeric/bytes';
import type { Workspace } from './workspace';

/** A block whose weights all count less than this, next to the most important weight of the run, counts each of them alike. */
const LEAST_ERROR_WEIGHT = 2 ** -60;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The power of two that brings `magnitude` into [1, 2), or as near to it as powers from 2^-126 to 2^126 can. */
export function normalizer(magnitude: number): number {
  float[0] = magnitude;
  const exponent = (bits[0] ?? 0) >>> 23;
  bits[0] = Math.min(Math.max(254 - exponent, 1), 253) << 23;
  return float[0];
}

/** The largest magnitude in a run of a row. */
export function largestMagnitude(row: Float32Array, start: number, length: number): number {
  let largest = 0;
  for (let i = start; i < start + length; i++) largest = Math.max(largest, Math.abs(f32At(row, i)));
  return largest;
}

/** Copy a run into the workspace, multiplied by the power of two `factor`, and note the extreme weight of each block. */
export function loadValues(
  work: Workspace,
  row: Float32Array,
  start: number,
  length: number,
  factor: number,
): void {
  for (let i = 0; i < length; i++) work.values[i] = f32At(row, start + i) * factor;
}

/** The weight of largest magnitude in each block; the first of equals. */
export function findExtremes(work: Workspace, length: number, blockLength: number): void {
  for (let start = 0, block = 0; start < length; start += blockLength, block++) {
    let extreme = 0;
    for (let i = start; i < start + blockLength; i++) {
      const value = f32At(work.values, i);
      if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    }
    work.extremes[block] = extreme;
  }
}

/** How much the square error of each weight of the run counts. */
export function loadErrorWeights(
  work: Workspace,
  importance: Float32Array | undefined,
  start: number,
  length: number,
  blockLength: number,
): void {
  const largest = importance === undefined ? 0 : largestMagnitude(importance, start, length);
  if (importance === undefined || largest === 0) {
    work.errorWeights.fill(1, 0, length);
  } else {
    const factor = normalizer(largest);
    for (let i = 0; i < length; i++) work.errorWeights[i] = f32At(importance, start + i) * factor;
    for (let block = 0; block < length; block += blockLength)
      keepCounting(work.errorWeights, block, block + blockLength);
  }
  for (let i = 0; i < length; i++) work.weighted[i] = f32At(work.errorWeights, i) * f32At(work.values, i);
}

/** A block that hardly counts, or not at all, is still encoded well: all its weights alike. */
function keepCounting(errorWeights: Float32Array, start: number, end: number): void {
  if (largestMagnitude(errorWeights, start, end - start) < LEAST_ERROR_WEIGHT) {
    errorWeights.fill(LEAST_ERROR_WEIGHT, start, end);
  }
}
