import { f32At } from '../../numeric/bytes';
import { CODE, CODE_CODE, WEIGHT_CODE, type AffineWorkspace } from './workspace';

const { fround } = Math;

/** Below this a scale counts as zero, so that its inverse is finite. */
const SMALLEST_NORMAL = 2 ** -126;
/** Adding and subtracting 1.5 * 2^23 rounds a small f32 to a whole number, ties to even. */
const ROUND_TO_WHOLE = 12582912;

/** The whole number from 0 to `greatest` nearest to `target`, ties to even. */
export function nearestWhole(target: number, greatest: number): number {
  const within = target > 0 ? (target < greatest ? target : greatest) : 0;
  return fround(fround(within + ROUND_TO_WHOLE) - ROUND_TO_WHOLE);
}

/**
 * Choose the nearest codes of the weights from `start` to `end` at a given scale and minimum, and take the three sums that the best
 * scale and minimum for these codes follow from. Even and odd places are summed apart, as those of ../code-block.ts.
 */
export function codeBlock(
  work: AffineWorkspace,
  greatestCode: number,
  start: number,
  end: number,
  scale: number,
  minimum: number,
): void {
  const { values, errorWeights, weightedValues, codes, sums } = work;
  const inverse = Math.abs(scale) < SMALLEST_NORMAL ? 0 : fround(1 / scale);
  const codeCode = [0, 0];
  const code = [0, 0];
  const weightCode = [0, 0];
  for (let i = start; i < end; i++) {
    const c = nearestWhole(fround(fround(f32At(values, i) + minimum) * inverse), greatestCode);
    const weighted = fround(f32At(errorWeights, i) * c);
    const side = i & 1;
    codes[i] = c;
    codeCode[side] = fround((codeCode[side] ?? 0) + fround(weighted * c));
    code[side] = fround((code[side] ?? 0) + weighted);
    weightCode[side] = fround((weightCode[side] ?? 0) + fround(f32At(weightedValues, i) * c));
  }
  sums[CODE_CODE] = fround((codeCode[0] ?? 0) + (codeCode[1] ?? 0));
  sums[CODE] = fround((code[0] ?? 0) + (code[1] ?? 0));
  sums[WEIGHT_CODE] = fround((weightCode[0] ?? 0) + (weightCode[1] ?? 0));
}
