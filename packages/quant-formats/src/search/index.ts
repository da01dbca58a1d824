/*
 * How weights become codes: one search for every format that restores a weight as
 *
 *     x ~ superScale * multiplier * (codebook[code] + shift)
 *
 * with a code for each weight, a whole multiplier and a choice of shift for each block of 16 or 32 weights, and a super scale
 * for each run of blocks: 256 weights, or one block, or a row. We want the least sum of w (x - restored)^2 over the run, where w
 * is the importance of the column, or 1.
 *
 * With the codes of a block fixed to values c, its scale s (super scale times multiplier) matters as
 *
 *     sum w (x - s c)^2 = sum w x x - gain(s),   gain(s) = 2 s B - s s C,   B = sum w x c,   C = sum w c c.
 *
 * So every set of codes stands for a parabola: it gains most, B B / C, at s = B / C, and C (s - B / C)^2 less elsewhere. A few
 * sets of codes for each block are enough to choose all scales of a run without looking at its weights again:
 *
 *  1. Load (weigh.ts). The run is multiplied by a power of two that brings its largest magnitude into [1, 2), so that no square
 *     overflows or vanishes; importance likewise. Neither changes what is best.
 *  2. Probe (probe.ts). For each block, each shift and each of the format's probe places u: codes nearest at the scale that puts
 *     the block's extreme weight on u + shift, and their parabola. The largest weight decides the scale of a good block, give or
 *     take; the places are where it falls in good ones. (A scale below the smallest that the format stores is raised to it.)
 *  3. Super scale (super-scale.ts). Eight candidates, as stored: first + k step, where first gives the largest block scale the
 *     greatest multiplier, and step is first / 128, or the smallest number stored where that is more. Under each, each probe takes the multiplier nearest to its own
 *     best scale, each block the probe that then gains most, and the candidate with the largest sum wins. It brings with it the
 *     multiplier and the shift of each block. (A block that has a super scale of its own takes that of its best probe.)
 *     Where a format says so, retry: each block is coded with some multipliers around its own, and the one that gains most is kept.
 *     Points of a trellis lie at random, so that of some scales that are equally good at large one is better for the block at hand.
 *  4. Refit. Codes nearest at the chosen scales; the super scale that is best for these codes, sum(m B) / sum(m m C), as stored;
 *     codes nearest once more. Neither step can raise the error, but for rounding. (Codes of groups cost much more than they then gain,
 *     0.2 %: those are coded once.)
 *  5. Undo the shrinking. At the scale of least error, restored weights are too small: of the square sum of the weights they
 *     carry the share p = sum(m B)^2 / (sum(m m C) sum(w x x)), the rest is error. All layers of a model shrink like that, which
 *     adds up, where the rest of the error averages out. So the last super scale is the best one times 1 + g (1 - p), with the
 *     growth g that the format says, mostly 1. That raises the error by about the part 1 - p of itself (0.7 % at 4 bits), never
 *     above that of zeros, and gives a model that diverges less: docs/decisions/2026-11-23-encoder-weights.md.
 *
 * Codes are the nearest ones (thresholds.ts), except where the format allows only some words of four codes (even-parity.ts), or
 * where a code is for a group of weights together (grid.ts, trellis.ts).
 *
 * A twin in another language gives the same bytes if it keeps to this:
 *  - Every product, quotient, sum and difference is rounded to f32 (`Math.fround`, or a store to a Float32Array), none is fused
 *    with another, and subnormal numbers are kept.
 *  - Sums over a block go as code-block.ts says, sums over blocks one block after another. So one SIMD lane can take one block,
 *    and sixteen blocks go side by side.
 *  - The first of equals wins: the order of probes is that of the shifts, then of the places.
 * The cost is nearly the same for all weights: shifts * places + 2 codings, and 9 * shifts * places / blockLength evaluations of a
 * parabola for each weight.
 */
import { f32At, i16At, u8At } from '../numeric/bytes';
import { codeBlock, type Coder } from './code-block';
import type { Multipliers, Retries, SearchDescription } from './description';
import { EvenParity } from './even-parity';
import { GridCoder } from './grid';
import { probeBlocks, probesPerBlock } from './probe';
import { storedSuperScale } from './store';
import { chooseSuperScale, roundToMultiplier, type RoundToMultiplier } from './super-scale';
import { midpoints, Thresholds } from './thresholds';
import { TrellisCoder } from './trellis';
import { loadRun } from './weigh';
import { CODE_CODE, WEIGHT_CODE, Workspace } from './workspace';

const { fround } = Math;

/** The multipliers to try beside `chosen`, and their opposites. */
function triedMultipliers(
  { least, greatest }: Multipliers,
  { count, step }: Retries,
  chosen: number,
): number[] {
  const tried: number[] = [];
  for (let k = -count; k <= count; k++) {
    const magnitude = Math.abs(chosen) + step * k;
    tried.push(Math.min(magnitude, greatest), Math.max(-magnitude, least));
  }
  return tried;
}

/** The search of one format. What it finds stands until it is asked again. */
export class ScaleSearch {
  /** The super scale, as the format stores it. */
  superScale = 0;
  private readonly work = new Workspace();
  private readonly coder: Coder;
  /** Chooses codes that are tried, and not kept. */
  private readonly trialCoder: Coder;
  private readonly round: RoundToMultiplier | undefined;
  readonly description: SearchDescription;

  constructor(description: SearchDescription) {
    const { codebook, evenParity, grid, multipliers, trellis } = description;
    const thresholds = new Thresholds(midpoints(codebook));
    this.description = description;
    this.round = multipliers && roundToMultiplier(multipliers);
    const trellisCoder = trellis && new TrellisCoder(trellis);
    this.coder = {
      codebook,
      thresholds,
      evenParity: evenParity ? new EvenParity(codebook) : undefined,
      groups: (grid && new GridCoder(grid, codebook, thresholds)) ?? trellisCoder,
    };
    this.trialCoder = {
      ...this.coder,
      groups: trellis ? new TrellisCoder(trellis, trellisCoder) : this.coder.groups,
    };
  }

  /** The code of each weight of the run. */
  get codes(): Uint8Array {
    return this.work.codes;
  }

  /** With a grid the point of each group, with a trellis its state less the first one, at the place of its first weight. */
  get points(): Uint16Array {
    return this.work.points;
  }

  /** With a grid that has moves: the one of each group, at the place of its first weight. */
  get moves(): Uint8Array {
    return this.work.moves;
  }

  /** With a grid that has signs, or a trellis that has none: for each eight weights a bit for each minus. */
  get signs(): Uint8Array {
    return this.work.signs;
  }

  /** The multiplier of each block of the run. */
  get multipliers(): Int16Array {
    return this.work.multipliers;
  }

  /** The variant of each block of the run: the place of its shift in the description. */
  get variants(): Uint8Array {
    return this.work.variants;
  }

  /** Encode the run of `length` weights from `start`, all under one super scale. `importance` has one value per column. */
  encode(row: Float32Array, importance: Float32Array | undefined, start: number, length: number): void {
    const { work, description } = this;
    const { blockLength, growth } = description;
    work.reserve(length, blockLength, probesPerBlock(description));
    loadRun(work, row, importance, start, length, blockLength);
    probeBlocks(work, description, this.trialCoder, length);
    const chosen = chooseSuperScale(work, description, this.round, length / blockLength);
    this.retry(length, chosen);
    const refitted =
      this.coder.groups === undefined
        ? storedSuperScale(work, description, this.codeRun(length, chosen).best)
        : chosen;
    const { best, explained } = this.codeRun(length, refitted);
    const grown = fround(best * fround(1 + fround(growth * fround(1 - explained))));
    this.superScale = fround(storedSuperScale(work, description, grown) / work.factor);
  }

  /** Where a format asks for it: give each block the multiplier near the chosen one, and the variant, with which most is gained. */
  private retry(length: number, superScale: number): void {
    const { multipliers, retries } = this.description;
    if (multipliers === undefined || retries === undefined) return;
    const { blockLength, shifts } = this.description;
    for (let start = 0, block = 0; start < length; start += blockLength, block++) {
      const candidates = triedMultipliers(multipliers, retries, i16At(this.work.multipliers, block));
      let mostGain = -Infinity;
      for (const [variant, shift] of shifts.entries()) {
        for (const multiplier of candidates) {
          const gain = this.gainOf(start, start + blockLength, fround(superScale * multiplier), shift);
          if (gain <= mostGain) continue;
          mostGain = gain;
          this.work.multipliers[block] = multiplier;
          this.work.variants[block] = variant;
        }
      }
    }
  }

  /** What is gained with a block scale, with the best codes for it. */
  private gainOf(start: number, end: number, scale: number, shift: number): number {
    codeBlock(this.work, this.trialCoder, start, end, scale, shift);
    const weightCode = f32At(this.work.sums, WEIGHT_CODE);
    const codeCode = f32At(this.work.sums, CODE_CODE);
    return fround(scale * fround(fround(2 * weightCode) - fround(scale * codeCode)));
  }

  /**
   * Choose all codes under `superScale`. Tells the super scale of least error for these codes, and which share of the weights'
   * square sum they then explain.
   */
  private codeRun(length: number, superScale: number): { best: number; explained: number } {
    const { work, coder } = this;
    const { blockLength, shifts } = this.description;
    let weightCode = 0;
    let codeCode = 0;
    for (let start = 0, block = 0; start < length; start += blockLength, block++) {
      const multiplier = i16At(work.multipliers, block);
      const shift = shifts[u8At(work.variants, block)] ?? 0;
      codeBlock(work, coder, start, start + blockLength, fround(superScale * multiplier), shift);
      weightCode = fround(weightCode + fround(multiplier * f32At(work.sums, WEIGHT_CODE)));
      codeCode = fround(codeCode + fround(fround(multiplier * multiplier) * f32At(work.sums, CODE_CODE)));
    }
    if (codeCode === 0 || work.squareSum === 0) return { best: superScale, explained: 1 };
    const best = fround(weightCode / codeCode);
    return { best, explained: fround(fround(weightCode * best) / work.squareSum) };
  }
}
