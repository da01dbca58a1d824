/*
 * How weights become codes where a block has a minimum besides its scale:
 *
 *     x ~ superScale * S * code - superMinimum * M
 *
 * with a code from 0 on for each weight, and two whole numbers S and M, none below zero, for each block of 16 or 32 weights. (A
 * block that has a scale and a minimum of its own has S = M = 1, and a minimum of any sign.) The method, the normalizing, the
 * order of sums and the rounding of each step to f32 are those of ../index.ts; what differs:
 *
 *  - A set of codes c stands for a paraboloid over the scale and the minimum, given by `sum w c c`, `sum w c` and `sum w x c` besides
 *    `sum w` and `sum w x` (fit.ts). Where its top has a minimum below zero, the best is at a minimum of zero.
 *  - A probe has two places, for the least and for the greatest weight of a block (probe.ts). The least counts as zero if it is
 *    above, since the minimum cannot lift weights.
 *  - Two super numbers are chosen, one after the other (super-scales.ts), and refitted together.
 *  - Undoing the shrinking makes both larger.
 */
import { f32At, i16At } from '../../numeric/bytes';
import { MAX_F16 } from '../../numeric/f16';
import { SMALLEST_F16, storeAsF16 } from '../store';
import { loadErrorWeights, loadValues } from '../weigh';
import { codeBlock } from './code-block';
import type { AffineDescription } from './description';
import { affineGain, fitAffine, type AffineFit } from './fit';
import { bestProbe, probeBlocks } from './probe';
import { chooseSuperScales } from './super-scales';
import { CODE, CODE_CODE, WEIGHT_CODE, AffineWorkspace } from './workspace';
import { weighBlocks } from './weigh';

const { fround } = Math;

/** The largest weight that is restored whatever its sign: a negative one is minimum alone. */
export function largestAffineWeight({ greatestMultiplier = 1 }: AffineDescription): number {
  return MAX_F16 * greatestMultiplier;
}

/** The affine search of one format. What it finds stands until it is asked again. */
export class AffineSearch {
  /** The super scale and the super minimum, as the format stores them. */
  superScale = 0;
  superMinimum = 0;
  readonly description: AffineDescription;
  private readonly work = new AffineWorkspace();

  constructor(description: AffineDescription) {
    this.description = description;
  }

  /** The code of each weight of the run. */
  get codes(): Uint8Array {
    return this.work.codes;
  }

  /** What the super scale is multiplied by, for each block of the run. */
  get scaleMultipliers(): Int16Array {
    return this.work.scaleMultipliers;
  }

  /** What the super minimum is multiplied by, for each block of the run. */
  get minimumMultipliers(): Int16Array {
    return this.work.minimumMultipliers;
  }

  /** Encode the run of `length` weights from `start`, all under one pair of super numbers. `importance` has one value per column. */
  encode(row: Float32Array, importance: Float32Array | undefined, start: number, length: number): void {
    const { work, description } = this;
    const { blockLength, greatestMultiplier, probes } = description;
    work.reserve(length, blockLength, probes.length);
    loadValues(work, row, start, length);
    loadErrorWeights(work, importance, start, length);
    weighBlocks(work, length, blockLength, greatestMultiplier === undefined);
    probeBlocks(work, description, length, fround(SMALLEST_F16 * work.factor));
    const chosen = this.choose(length / blockLength);
    const refitted = this.codeRun(length, chosen);
    const { scale, minimum, explained } = this.codeRun(length, refitted);
    const growth = fround(1 + fround(description.growth * fround(1 - explained)));
    this.superScale = fround(this.stored(fround(scale * growth)) / work.factor);
    this.superMinimum = fround(this.stored(fround(minimum * growth)) / work.factor);
  }

  private choose(blocks: number): AffineFit {
    const { work, description } = this;
    const { greatestMultiplier, probes } = description;
    if (greatestMultiplier !== undefined) {
      return chooseSuperScales({
        work,
        description,
        greatest: greatestMultiplier,
        blocks,
        stored: (superNumber) => this.stored(superNumber),
        smallest: fround(SMALLEST_F16 * work.factor),
      });
    }
    work.scaleMultipliers[0] = 1;
    work.minimumMultipliers[0] = 1;
    const best = bestProbe(work, 0, probes.length);
    return {
      scale: this.stored(f32At(work.probeScales, best)),
      minimum: this.stored(f32At(work.probeMinima, best)),
    };
  }

  /** A super number of the normalized weights, rounded to the binary16 that stores it. */
  private stored(superNumber: number): number {
    return fround(storeAsF16(fround(superNumber / this.work.factor)) * this.work.factor);
  }

  /**
   * Choose all codes under super numbers. Tells those of least error for these codes, as stored, and which share of the weights'
   * square sum the codes then explain.
   */
  private codeRun(length: number, superNumbers: AffineFit): AffineFit & { explained: number } {
    const { work, description } = this;
    const { blockLength, greatestCode, greatestMultiplier } = description;
    let codeCode = 0;
    let code = 0;
    let weight = 0;
    let weightCode = 0;
    let value = 0;
    for (let start = 0, block = 0; start < length; start += blockLength, block++) {
      const ofScale = i16At(work.scaleMultipliers, block);
      const ofMinimum = i16At(work.minimumMultipliers, block);
      const scale = fround(superNumbers.scale * ofScale);
      codeBlock(
        work,
        greatestCode,
        start,
        start + blockLength,
        scale,
        fround(superNumbers.minimum * ofMinimum),
      );
      codeCode = fround(codeCode + fround(ofScale * ofScale * f32At(work.sums, CODE_CODE)));
      code = fround(code + fround(ofScale * ofMinimum * f32At(work.sums, CODE)));
      weight = fround(weight + fround(ofMinimum * ofMinimum * f32At(work.weightSums, block)));
      weightCode = fround(weightCode + fround(ofScale * f32At(work.sums, WEIGHT_CODE)));
      value = fround(value + fround(ofMinimum * f32At(work.valueSums, block)));
    }
    const sums = { codeCode, code, weight, weightCode, value };
    const { scale, minimum } = fitAffine(sums, greatestMultiplier === undefined);
    const gain = affineGain(sums, scale, minimum);
    return { scale, minimum, explained: work.squareSum === 0 ? 1 : fround(gain / work.squareSum) };
  }
}
