import { f32At } from '../numeric/bytes';
import type { Workspace } from './workspace';

const { fround } = Math;

/**
 * What a weight counts at least, next to the one of the run that counts most. Too little to move a scale, but where nothing
 * counts, as in a block under columns that no calibration text ever used, the weights decide among themselves.
 */
const LEAST_ERROR_WEIGHT = 2 ** -60;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The power of two, from 2^-126 to 2^126, that brings `magnitude` into [1, 2) or as near to it as it can. */
export function normalizer(magnitude: number): number {
  float[0] = magnitude;
  const exponent = (bits[0] ?? 0) >>> 23;
  bits[0] = Math.min(Math.max(254 - exponent, 1), 253) << 23;
  return f32At(float, 0);
}

/** Load a run of a row and of its importance into the workspace, both normalized by powers of two. */
export function loadRun(
  work: Workspace,
  row: Float32Array,
  importance: Float32Array | undefined,
  start: number,
  length: number,
  blockLength: number,
): void {
  loadValues(work, row, start, length);
  findExtremes(work, length, blockLength);
  loadErrorWeights(work, importance, start, length);
  work.squareSum = 0;
  for (let block = 0; block < length; block += blockLength) {
    work.squareSum = fround(work.squareSum + weighBlock(work, block, block + blockLength));
  }
}

/** The products `w x` of a block, and the sum of its `w x x`: even places and odd places apart, as code-block.ts sums. */
function weighBlock(work: Workspace, start: number, end: number): number {
  const { values, errorWeights, weightedValues } = work;
  let evenSum = 0;
  let oddSum = 0;
  for (let even = start; even < end; even += 2) {
    const odd = even + 1;
    const evenWeighted = fround(f32At(errorWeights, even) * f32At(values, even));
    const oddWeighted = fround(f32At(errorWeights, odd) * f32At(values, odd));
    weightedValues[even] = evenWeighted;
    weightedValues[odd] = oddWeighted;
    evenSum = fround(evenSum + fround(evenWeighted * f32At(values, even)));
    oddSum = fround(oddSum + fround(oddWeighted * f32At(values, odd)));
  }
  return fround(evenSum + oddSum);
}

/** The weights of a run, normalized; their factor is left in the workspace. */
export function loadValues(
  work: Pick<Workspace, 'values' | 'factor'>,
  row: Float32Array,
  start: number,
  length: number,
): void {
  const factor = normalizer(largestMagnitude(row, start, start + length));
  for (let i = 0; i < length; i++) work.values[i] = f32At(row, start + i) * factor;
  work.factor = factor;
}

/** The value of largest magnitude in each block; the first of equals. */
function findExtremes(work: Workspace, length: number, blockLength: number): void {
  const { values, extremes } = work;
  for (let start = 0, block = 0; start < length; start += blockLength, block++) {
    let extreme = 0;
    for (let i = start; i < start + blockLength; i++) {
      const value = f32At(values, i);
      if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    }
    extremes[block] = extreme;
  }
}

/** The importance of its column is what the square error of a weight counts; without importance, all count alike. */
export function loadErrorWeights(
  work: Pick<Workspace, 'errorWeights'>,
  importance: Float32Array | undefined,
  start: number,
  length: number,
): void {
  if (importance === undefined) {
    work.errorWeights.fill(1, 0, length);
    return;
  }
  const factor = normalizer(largestMagnitude(importance, start, start + length));
  for (let i = 0; i < length; i++) {
    const errorWeight = f32At(importance, start + i) * factor;
    work.errorWeights[i] = errorWeight > LEAST_ERROR_WEIGHT ? errorWeight : LEAST_ERROR_WEIGHT;
  }
}

function largestMagnitude(row: Float32Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) {
    const magnitude = Math.abs(f32At(row, i));
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}
