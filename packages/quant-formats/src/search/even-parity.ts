import { f32At, u8At } from '../numeric/bytes';
import { midpoints, Thresholds } from './thresholds';
import type { Workspace } from './workspace';

const { fround } = Math;

/** Whether a number from 0 to 15 has an odd number of set bits. */
function isOdd(code: number): boolean {
  return ((code ^ (code >> 1) ^ (code >> 2) ^ (code >> 3)) & 1) === 1;
}

/**
 * Codes for a format that stores four 4-bit codes in 15 bits, because together their set bits are even in number.
 *
 * The best such four are found exactly. Each weight has a nearest value among the eight codes of even parity, and one among
 * the eight of odd parity; these need not be neighbours. Take the nearer of the two for each weight. If the four have odd
 * parity together, one weight or three must take their other choice, and one is enough: the one whose error rises least.
 *
 * The thresholds of both sets together cut the line into intervals; in each of them both choices stand fixed.
 */
export class EvenParity {
  private readonly intervals: Thresholds;
  /** At 2 k the nearest even code in interval k, at 2 k + 1 the nearest odd one. */
  private readonly choices: Uint8Array;
  /** What the choices stand for. */
  private readonly choiceValues: Float32Array;

  constructor(codebook: Float32Array) {
    const codes = Array.from(codebook.keys());
    const even = codes.filter((code) => !isOdd(code));
    const odd = codes.filter(isOdd);
    const evenThresholds = thresholdsBetween(codebook, even);
    const oddThresholds = thresholdsBetween(codebook, odd);
    const ascending = Float32Array.from(new Set([...evenThresholds, ...oddThresholds])).sort();
    const lowerEnds = [-Infinity, ...ascending];
    this.intervals = new Thresholds(ascending);
    this.choices = Uint8Array.from(
      lowerEnds.flatMap((end) => [
        even[countUpTo(evenThresholds, end)] ?? 0,
        odd[countUpTo(oddThresholds, end)] ?? 0,
      ]),
    );
    this.choiceValues = Float32Array.from(this.choices, (code) => f32At(codebook, code));
  }

  /** Codes of a block of 32: the words are weights 2k, 2k + 16, 2k + 1 and 2k + 17, for k from 0 to 7. */
  code(work: Workspace, start: number, end: number, inverseScale: number, shift: number): void {
    const half = (end - start) >> 1;
    for (let first = start; first < start + half; first += 2) {
      this.codeWord(work, first, half, inverseScale, shift);
    }
  }

  private codeWord(work: Workspace, first: number, half: number, inverseScale: number, shift: number): void {
    const { values, errorWeights, codes } = work;
    const { intervals, choices, choiceValues } = this;
    let parity = 0;
    let smallestRise = Infinity;
    let place = first;
    let otherChoice = 0;
    for (let k = 0; k < 4; k++) {
      const i = first + (k >> 1) + (k & 1) * half;
      const target = fround(fround(f32At(values, i) * inverseScale) - shift);
      const even = 2 * intervals.count(target);
      const evenOff = fround(target - f32At(choiceValues, even));
      const oddOff = fround(target - f32At(choiceValues, even + 1));
      const rise = fround(fround(oddOff * oddOff) - fround(evenOff * evenOff));
      // A number instead of a branch: which of the two is nearer cannot be foreseen.
      const takesOdd = rise < 0 ? 1 : 0;
      const weightedRise = fround(f32At(errorWeights, i) * Math.abs(rise));
      codes[i] = u8At(choices, even + takesOdd);
      parity ^= takesOdd;
      if (k === 0 || weightedRise < smallestRise) {
        smallestRise = weightedRise;
        place = i;
        otherChoice = even + 1 - takesOdd;
      }
    }
    if (parity === 1) codes[place] = u8At(choices, otherChoice);
  }
}

function thresholdsBetween(codebook: Float32Array, codes: readonly number[]): Float32Array {
  return midpoints(Float32Array.from(codes, (code) => f32At(codebook, code)));
}

function countUpTo(thresholds: Float32Array, limit: number): number {
  return thresholds.filter((threshold) => threshold <= limit).length;
}
