import { f32At, u8At } from '../numeric/bytes';
import type { EvenParity } from './even-parity';
import type { GridCoder } from './grid';
import type { Thresholds } from './thresholds';
import type { TrellisCoder } from './trellis';
import { CODE_CODE, WEIGHT_CODE, type Workspace } from './workspace';

const { fround } = Math;

/** Below this a scale counts as zero, so that its inverse is finite. */
const SMALLEST_NORMAL = 2 ** -126;

/** What chooses codes: the nearest ones, unless the nearest of even parity are asked for. */
export interface Coder {
  readonly codebook: Float32Array;
  readonly thresholds: Thresholds;
  readonly evenParity: EvenParity | undefined;
  /** What chooses codes of groups. */
  readonly groups: GridCoder | TrellisCoder | undefined;
}

/**
 * Choose the codes of the weights from `start` to `end` at a given scale, and take the two sums that the best scale for these
 * codes follows from. Both are left in the workspace.
 */
export function codeBlock(
  work: Workspace,
  coder: Coder,
  start: number,
  end: number,
  scale: number,
  shift: number,
): void {
  const inverseScale = Math.abs(scale) < SMALLEST_NORMAL ? 0 : fround(1 / scale);
  if (coder.groups !== undefined) {
    coder.groups.code(work, start, end, inverseScale, shift);
    sumChosen(work, start, end);
    return;
  }
  if (coder.evenParity === undefined) codeNearest(work, coder.thresholds, start, end, inverseScale, shift);
  else coder.evenParity.code(work, start, end, inverseScale, shift);
  sumCodes(work, coder.codebook, start, end, shift);
}

/** Each weight, divided by the scale, goes to the nearest value of the shifted codebook. */
function codeNearest(
  work: Workspace,
  thresholds: Thresholds,
  start: number,
  end: number,
  inverseScale: number,
  shift: number,
): void {
  const { values, codes } = work;
  for (let i = start; i < end; i++) {
    codes[i] = thresholds.count(fround(fround(f32At(values, i) * inverseScale) - shift));
  }
}

/**
 * `sum(w x c)` and `sum(w c c)` of a block. The weights at even and those at odd places are summed apart, each in order, and
 * the two sums added last: two short chains of additions that run side by side, and that a lane per block can follow.
 */
function sumCodes(work: Workspace, codebook: Float32Array, start: number, end: number, shift: number): void {
  const { errorWeights, weightedValues, codes } = work;
  let evenWeightCode = 0;
  let evenCodeCode = 0;
  let oddWeightCode = 0;
  let oddCodeCode = 0;
  for (let even = start; even < end; even += 2) {
    const odd = even + 1;
    const evenValue = fround(f32At(codebook, u8At(codes, even)) + shift);
    const oddValue = fround(f32At(codebook, u8At(codes, odd)) + shift);
    evenWeightCode = fround(evenWeightCode + fround(f32At(weightedValues, even) * evenValue));
    oddWeightCode = fround(oddWeightCode + fround(f32At(weightedValues, odd) * oddValue));
    evenCodeCode = fround(evenCodeCode + fround(fround(f32At(errorWeights, even) * evenValue) * evenValue));
    oddCodeCode = fround(oddCodeCode + fround(fround(f32At(errorWeights, odd) * oddValue) * oddValue));
  }
  work.sums[WEIGHT_CODE] = fround(evenWeightCode + oddWeightCode);
  work.sums[CODE_CODE] = fround(evenCodeCode + oddCodeCode);
}

/** The same sums where the values of the codes are at hand. */
function sumChosen(work: Workspace, start: number, end: number): void {
  const { errorWeights, weightedValues, chosen } = work;
  const weightCode = [0, 0];
  const codeCode = [0, 0];
  for (let i = start; i < end; i++) {
    const side = i & 1;
    const value = f32At(chosen, i);
    weightCode[side] = fround((weightCode[side] ?? 0) + fround(f32At(weightedValues, i) * value));
    codeCode[side] = fround((codeCode[side] ?? 0) + fround(fround(f32At(errorWeights, i) * value) * value));
  }
  work.sums[WEIGHT_CODE] = fround((weightCode[0] ?? 0) + (weightCode[1] ?? 0));
  work.sums[CODE_CODE] = fround((codeCode[0] ?? 0) + (codeCode[1] ?? 0));
}
