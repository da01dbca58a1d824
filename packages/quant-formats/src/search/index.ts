import { f32At, u8At } from '../numeric/bytes';
import { codeBlock, type Coder } from './code-block';
import type { SearchDescription } from './description';
import { EvenParity } from './even-parity';
import { Nearest } from './nearest';
import { bestProbe, probeBlocks } from './probe';
import { chooseMultipliers, chooseSuperScale } from './super-scale';
import { findExtremes, largestMagnitude, loadErrorWeights, loadValues, normalizer } from './weigh';
import { CODE_CODE, CODE_WEIGHT, Workspace } from './workspace';

const { fround } = Math;

/** How often codes are taken and the super scale fitted to them, before they are taken for good. */
const REFITS = 1;

/** The search of one format. Its results stand until the next call of {@link ScaleSearch.encode}. */
export class ScaleSearch {
  /** The super scale, as the format stores it. */
  superScale = 0;
  private readonly work = new Workspace();
  private readonly coder: Coder;

  constructor(private readonly description: SearchDescription) {
    const values = description.codebook;
    this.coder = {
      values,
      nearest: new Nearest(values),
      evenParity: description.evenParity ? new EvenParity(values) : undefined,
    };
  }

  get codes(): Uint8Array {
    return this.work.codes;
  }
  get multipliers(): Int16Array {
    return this.work.multipliers;
  }
  get variants(): Uint8Array {
    return this.work.variants;
  }

  /** Search `length` weights from `start`, all under one super scale. */
  encode(row: Float32Array, importance: Float32Array | undefined, start: number, length: number): void {
    const { work, description } = this;
    const { blockLength, shifts, probes, multipliers } = description;
    const blocks = length / blockLength;
    work.reserve(length, blockLength, shifts.length * probes.length);
    const factor = normalizer(largestMagnitude(row, start, length));
    const store = (superScale: number): number =>
      fround(description.store(fround(superScale / factor)) * factor);
    loadValues(work, row, start, length, factor);
    findExtremes(work, length, blockLength);
    loadErrorWeights(work, importance, start, length, blockLength);
    probeBlocks(work, description, this.coder, length);
    let superScale = 0;
    if (multipliers === undefined) {
      superScale = store(f32At(work.probeScale, bestProbe(work, 0, probes.length)));
      work.multipliers[0] = 1;
      work.variants[0] = 0;
    } else {
      superScale = chooseSuperScale(work, description, multipliers, blocks, store);
      chooseMultipliers(work, description, multipliers, blocks, superScale);
    }
    for (let i = 0; i < REFITS; i++) superScale = store(this.refit(length, superScale));
    this.refit(length, superScale);
    this.superScale = fround(superScale / factor);
  }

  /** Take the codes under `superScale`, and return the super scale that suits them best. */
  private refit(length: number, superScale: number): number {
    const { work, coder } = this;
    const { blockLength, shifts } = this.description;
    let codeWeight = 0;
    let codeCode = 0;
    for (let start = 0, block = 0; start < length; start += blockLength, block++) {
      const multiplier = work.multipliers[block] ?? 0;
      codeBlock(
        work,
        coder,
        start,
        start + blockLength,
        fround(superScale * multiplier),
        shifts[u8At(work.variants, block)] ?? 0,
      );
      codeWeight = fround(codeWeight + fround(f32At(work.sums, CODE_WEIGHT) * multiplier));
      codeCode = fround(codeCode + fround(f32At(work.sums, CODE_CODE) * fround(multiplier * multiplier)));
    }
    return codeCode === 0 ? superScale : fround(codeWeight / codeCode);
  }
}
