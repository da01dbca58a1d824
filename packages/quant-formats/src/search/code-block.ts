import { f32At, u8At } from '../numeric/bytes';
import type { Nearest } from './nearest';
import type { EvenParity } from './even-parity';
import { CODE_CODE, CODE_WEIGHT, type Workspace } from './workspace';

const { fround } = Math;

/** What chooses the codes of a block: the nearest ones, or the nearest ones of even parity. */
export interface Coder {
  readonly values: Float32Array;
  readonly nearest: Nearest;
  readonly evenParity: EvenParity | undefined;
}

/**
 * Codes of the weights from `start` to `end` at a given scale, and the two sums that the best scale for these codes follows
 * from. Both are left in the workspace.
 */
export function codeBlock(
  work: Workspace,
  coder: Coder,
  start: number,
  end: number,
  scale: number,
  shift: number,
): void {
  // A scale of zero makes every code as good as the next.
  const inverseScale = scale === 0 ? 0 : fround(1 / scale);
  if (coder.evenParity === undefined) codeNearest(work, coder.nearest, start, end, inverseScale, shift);
  else coder.evenParity.code(work, start, end, inverseScale, shift);
  sumCodes(work, coder.values, start, end, shift);
}

/** Each weight, divided by the scale, goes to the nearest value of the codebook. */
function codeNearest(
  work: Workspace,
  nearest: Nearest,
  start: number,
  end: number,
  inverseScale: number,
  shift: number,
): void {
  const { values, codes } = work;
  for (let i = start; i < end; i++)
    codes[i] = nearest.code(fround(fround(f32At(values, i) * inverseScale) - shift));
}

/**
 * `sum(w x c)` and `sum(w c c)` over a block. Weights of even and of odd place are summed apart, in order, and the two sums
 * added last: short chains of additions instead of a long one, in an order that a lane per block can follow.
 */
function sumCodes(work: Workspace, codebook: Float32Array, start: number, end: number, shift: number): void {
  const { errorWeights, weighted, codes } = work;
  let evenCodeWeight = 0;
  let evenCodeCode = 0;
  let oddCodeWeight = 0;
  let oddCodeCode = 0;
  for (let even = start; even < end; even += 2) {
    const odd = even + 1;
    const evenValue = fround(f32At(codebook, u8At(codes, even)) + shift);
    const oddValue = fround(f32At(codebook, u8At(codes, odd)) + shift);
    evenCodeWeight = fround(evenCodeWeight + fround(f32At(weighted, even) * evenValue));
    oddCodeWeight = fround(oddCodeWeight + fround(f32At(weighted, odd) * oddValue));
    evenCodeCode = fround(evenCodeCode + fround(fround(f32At(errorWeights, even) * evenValue) * evenValue));
    oddCodeCode = fround(oddCodeCode + fround(fround(f32At(errorWeights, odd) * oddValue) * oddValue));
  }
  work.sums[CODE_WEIGHT] = fround(evenCodeWeight + oddCodeWeight);
  work.sums[CODE_CODE] = fround(evenCodeCode + oddCodeCode);
}
