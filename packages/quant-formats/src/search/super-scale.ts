import { f32At } from '../numeric/bytes';
import type { Multipliers, SearchDescription } from './description';
import { bestProbe } from './probe';
import type { Workspace } from './workspace';

const { fround } = Math;

/** Adding and subtracting 1.5 * 2^23 rounds a small f32 to a whole number, ties to even. */
const ROUND_TO_WHOLE = 12582912;

/** Super scales to try: from the one that gives the largest block scale the greatest multiplier, up in equal steps. */
const SUPER_SCALE_TRIALS = 16;
const SUPER_SCALE_STEP = 1 / 64;

/** The allowed multiplier nearest to `target`. */
export function nearestMultiplier({ least, greatest, step }: Multipliers, target: number): number {
  const within = target < least ? least : target > greatest ? greatest : target;
  const steps = fround(fround(within - least) / step);
  return least + step * fround(fround(steps + ROUND_TO_WHOLE) - ROUND_TO_WHOLE);
}

/** The super scale under which the probes promise the largest gain. `store` rounds as the format will. */
export function chooseSuperScale(
  work: Workspace,
  description: SearchDescription,
  multipliers: Multipliers,
  blocks: number,
  store: (superScale: number) => number,
): number {
  const smallest = fround(largestBlockScale(work, description, blocks) / multipliers.greatest);
  let best = 0;
  let bestGain = 0;
  for (let trial = 0; trial < SUPER_SCALE_TRIALS; trial++) {
    const superScale = store(fround(smallest * (1 + trial * SUPER_SCALE_STEP)));
    const gain = gainUnder(work, description, multipliers, blocks, superScale);
    if (gain > bestGain) {
      bestGain = gain;
      best = superScale;
    }
  }
  return best;
}

function largestBlockScale(work: Workspace, { shifts, probes }: SearchDescription, blocks: number): number {
  const count = shifts.length * probes.length;
  let largest = 0;
  for (let block = 0; block < blocks; block++) {
    const scale = Math.abs(f32At(work.probeScale, bestProbe(work, block * count, count)));
    if (scale > largest) largest = scale;
  }
  return largest;
}

/** The sum over blocks, in order, of the best gain that a probe with its nearest multiplier still has. */
function gainUnder(
  work: Workspace,
  { shifts, probes }: SearchDescription,
  multipliers: Multipliers,
  blocks: number,
  superScale: number,
): number {
  if (superScale === 0) return 0;
  const count = shifts.length * probes.length;
  const inverse = fround(1 / superScale);
  let sum = 0;
  for (let block = 0; block < blocks; block++) {
    let best = -Infinity;
    for (let probe = block * count; probe < (block + 1) * count; probe++) {
      const gain = gainOfProbe(work, probe, multipliers, superScale, inverse);
      if (gain > best) best = gain;
    }
    sum = fround(sum + best);
  }
  return sum;
}

/** What a probe's codes gain with the multiplier nearest to their best scale. */
function gainOfProbe(
  work: Workspace,
  probe: number,
  multipliers: Multipliers,
  superScale: number,
  inverse: number,
): number {
  const scale = f32At(work.probeScale, probe);
  const multiplier = nearestMultiplier(multipliers, fround(scale * inverse));
  const off = fround(scale - fround(superScale * multiplier));
  return fround(f32At(work.probeGain, probe) - fround(f32At(work.probeCurvature, probe) * fround(off * off)));
}

/** Give each block the multiplier and the variant of the probe that gains most under the super scale. */
export function chooseMultipliers(
  work: Workspace,
  { shifts, probes }: SearchDescription,
  multipliers: Multipliers,
  blocks: number,
  superScale: number,
): void {
  const count = shifts.length * probes.length;
  const inverse = superScale === 0 ? 0 : fround(1 / superScale);
  for (let block = 0; block < blocks; block++) {
    let best = -Infinity;
    let bestAt = block * count;
    for (let probe = block * count; probe < (block + 1) * count; probe++) {
      const gain = gainOfProbe(work, probe, multipliers, superScale, inverse);
      if (gain > best) {
        best = gain;
        bestAt = probe;
      }
    }
    work.multipliers[block] = nearestMultiplier(
      multipliers,
      fround(f32At(work.probeScale, bestAt) * inverse),
    );
    work.variants[block] = Math.floor((bestAt - block * count) / probes.length);
  }
}
