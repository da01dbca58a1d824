import { f32At } from '../numeric/bytes';
import type { Multipliers, SearchDescription } from './description';
import { bestScale, probesPerBlock } from './probe';
import { smallestSuperScale, storedSuperScale } from './store';
import { midpoints, Thresholds } from './thresholds';
import type { Workspace } from './workspace';

const { fround } = Math;

/** Adding and subtracting 1.5 * 2^23 rounds a small f32 to a whole number, ties to even. */
const ROUND_TO_WHOLE = 12582912;

/**
 * Super scales to try: the one that gives the largest block scale the greatest multiplier, and larger ones in equal steps. The
 * more there are, the less the error, but beyond these eight it falls by less than 0.3 %.
 */
const TRIALS = 8;
const TRIAL_STEP = 1 / 128;

/** Finds the allowed multiplier that is nearest to a target. */
export type RoundToMultiplier = (target: number) => number;

/** The rounding to some multipliers. */
export function roundToMultiplier({ least, greatest, step, among }: Multipliers): RoundToMultiplier {
  if (among !== undefined) {
    const thresholds = new Thresholds(midpoints(among));
    return (target) => f32At(among, thresholds.count(target));
  }
  return (target) => {
    const within = target < least ? least : target > greatest ? greatest : target;
    const steps = fround(fround(within - least) / step);
    return least + step * fround(fround(steps + ROUND_TO_WHOLE) - ROUND_TO_WHOLE);
  };
}

/**
 * The stored super scale under which the probes gain most together; the first of equals. Leaves in the workspace the
 * multiplier and the variant of each block that go with it.
 */
export function chooseSuperScale(
  work: Workspace,
  description: SearchDescription,
  round: RoundToMultiplier | undefined,
  blocks: number,
): number {
  const { multipliers } = description;
  if (multipliers === undefined || round === undefined) {
    work.multipliers[0] = 1;
    work.variants[0] = 0;
    return storedSuperScale(work, description, bestScale(work, description, 0));
  }
  const first = fround(largestScale(work, description, blocks) / multipliers.greatest);
  // Where the format stores but few numbers, each trial is another one of them.
  const step = Math.max(fround(first * TRIAL_STEP), smallestSuperScale(work, description));
  let best = 0;
  let bestGain = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const superScale = storedSuperScale(work, description, fround(first + fround(trial * step)));
    const gain = chooseMultipliers(work, description, round, blocks, superScale);
    if (gain > bestGain) {
      bestGain = gain;
      best = superScale;
    }
  }
  chooseMultipliers(work, description, round, blocks, best);
  return best;
}

function largestScale(work: Workspace, description: SearchDescription, blocks: number): number {
  let largest = 0;
  for (let block = 0; block < blocks; block++) {
    largest = Math.max(largest, Math.abs(bestScale(work, description, block)));
  }
  return largest;
}

/**
 * Give each block the variant and the multiplier of the probe that gains most under a super scale, the first of equals: each
 * probe keeps its codes and takes the multiplier nearest to its own best scale. Returns the sum of these gains, block by block.
 */
function chooseMultipliers(
  work: Workspace,
  description: SearchDescription,
  round: RoundToMultiplier,
  blocks: number,
  superScale: number,
): number {
  const { probeScales, probeGains, probeCurvatures } = work;
  const inverse = superScale === 0 ? 0 : fround(1 / superScale);
  const count = probesPerBlock(description);
  let sum = 0;
  for (let block = 0; block < blocks; block++) {
    const first = block * count;
    let best = -Infinity;
    for (let probe = first; probe < first + count; probe++) {
      const scale = f32At(probeScales, probe);
      const multiplier = round(fround(scale * inverse));
      const off = fround(scale - fround(superScale * multiplier));
      const gain = fround(
        f32At(probeGains, probe) - fround(f32At(probeCurvatures, probe) * fround(off * off)),
      );
      if (gain > best) {
        best = gain;
        work.multipliers[block] = multiplier;
        work.variants[block] = (probe - first) / description.probes.length;
      }
    }
    sum = fround(sum + best);
  }
  return sum;
}
