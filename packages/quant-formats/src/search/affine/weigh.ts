import { f32At } from '../../numeric/bytes';
import type { AffineWorkspace } from './workspace';

const { fround } = Math;

/**
 * The products `w x` of loaded blocks, and their sums; the least and the greatest value of each, the least at most zero unless
 * `anySign`. Even and odd places are summed apart, as those of ../code-block.ts.
 */
export function weighBlocks(
  work: AffineWorkspace,
  length: number,
  blockLength: number,
  anySign: boolean,
): void {
  work.squareSum = 0;
  for (let start = 0, block = 0; start < length; start += blockLength, block++) {
    work.squareSum = fround(work.squareSum + weighBlock(work, block, start, start + blockLength));
    if (!anySign) work.least[block] = Math.min(f32At(work.least, block), 0);
  }
}

/** Returns the block's `sum(w x x)`. */
function weighBlock(work: AffineWorkspace, block: number, start: number, end: number): number {
  const { values, errorWeights, weightedValues } = work;
  let least = f32At(values, start);
  let greatest = least;
  const weight = [0, 0];
  const value = [0, 0];
  const square = [0, 0];
  for (let i = start; i < end; i++) {
    const x = f32At(values, i);
    const weighted = fround(f32At(errorWeights, i) * x);
    const side = i & 1;
    least = Math.min(least, x);
    greatest = Math.max(greatest, x);
    weightedValues[i] = weighted;
    weight[side] = fround((weight[side] ?? 0) + f32At(errorWeights, i));
    value[side] = fround((value[side] ?? 0) + weighted);
    square[side] = fround((square[side] ?? 0) + fround(weighted * x));
  }
  work.least[block] = least;
  work.greatest[block] = greatest;
  work.weightSums[block] = fround((weight[0] ?? 0) + (weight[1] ?? 0));
  work.valueSums[block] = fround((value[0] ?? 0) + (value[1] ?? 0));
  return fround((square[0] ?? 0) + (square[1] ?? 0));
}
