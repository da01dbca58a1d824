import { f32At } from '../../numeric/bytes';
import { nearestWhole } from './code-block';
import type { AffineDescription } from './description';
import { affineGain, type AffineFit } from './fit';
import { bestProbe, probeSums } from './probe';
import type { AffineWorkspace } from './workspace';

const { fround } = Math;

/**
 * Super scales to try, and then as many super minima: the one that gives the largest block the greatest multiplier, some smaller
 * ones, and larger ones, in equal steps.
 */
const TRIALS = 12;
const SMALLER_TRIALS = 4;
const TRIAL_STEP = 1 / 128;

/** What the super numbers are tried with. */
interface Trial {
  readonly work: AffineWorkspace;
  readonly description: AffineDescription;
  readonly greatest: number;
  readonly blocks: number;
  /** The super number nearest to one, as the format stores it. */
  readonly stored: (superNumber: number) => number;
  /** The smallest above zero that it stores. */
  readonly smallest: number;
}

/**
 * The stored super scale and super minimum under which the probes gain most together; the first of equals. Super scales are tried
 * with the minimum that gives the largest block the greatest multiplier, super minima with the best super scale. Leaves in the
 * workspace the multipliers of each block that go with them.
 */
export function chooseSuperScales(trial: Trial): AffineFit {
  const { work, description, greatest, blocks } = trial;
  let largestScale = 0;
  let largestMinimum = 0;
  for (let block = 0; block < blocks; block++) {
    const probe = bestProbe(work, block, description.probes.length);
    largestScale = Math.max(largestScale, f32At(work.probeScales, probe));
    largestMinimum = Math.max(largestMinimum, f32At(work.probeMinima, probe));
  }
  const firstMinimum = trial.stored(fround(largestMinimum / greatest));
  const scale = bestOf(trial, fround(largestScale / greatest), (candidate) =>
    chooseMultipliers(trial, candidate, firstMinimum),
  );
  const minimum = bestOf(trial, fround(largestMinimum / greatest), (candidate) =>
    chooseMultipliers(trial, scale, candidate),
  );
  chooseMultipliers(trial, scale, minimum);
  return { scale, minimum };
}

/** Of stored numbers around `first`, the one that gains most; zero if none gains anything. */
function bestOf(trial: Trial, first: number, gainOf: (candidate: number) => number): number {
  const step = Math.max(fround(first * TRIAL_STEP), trial.smallest);
  let best = 0;
  let bestGain = 0;
  for (let k = -SMALLER_TRIALS; k < TRIALS - SMALLER_TRIALS; k++) {
    const candidate = trial.stored(Math.max(fround(first + fround(k * step)), 0));
    const gain = gainOf(candidate);
    if (gain > bestGain) {
      bestGain = gain;
      best = candidate;
    }
  }
  return best;
}

/**
 * Give each block the multipliers of the probe that gains most under the super numbers, the first of equals: each probe keeps its
 * codes, takes the scale nearest to its own, and then the minimum nearest to the best at that scale. Returns the sum of the gains.
 */
function chooseMultipliers(trial: Trial, superScale: number, superMinimum: number): number {
  const { work, description, greatest, blocks } = trial;
  const count = description.probes.length;
  const inverseScale = superScale === 0 ? 0 : fround(1 / superScale);
  const inverseMinimum = superMinimum === 0 ? 0 : fround(1 / superMinimum);
  let sum = 0;
  for (let block = 0; block < blocks; block++) {
    let best = -Infinity;
    const first = block * count;
    for (let probe = first; probe < first + count; probe++) {
      const sums = probeSums(work, block, probe);
      const ofScale = nearestWhole(fround(f32At(work.probeScales, probe) * inverseScale), greatest);
      const scale = fround(superScale * ofScale);
      const wanted = fround(fround(fround(scale * sums.code) - sums.value) / sums.weight);
      const ofMinimum = nearestWhole(fround(wanted * inverseMinimum), greatest);
      const gain = affineGain(sums, scale, fround(superMinimum * ofMinimum));
      if (gain > best) {
        best = gain;
        work.scaleMultipliers[block] = ofScale;
        work.minimumMultipliers[block] = ofMinimum;
      }
    }
    sum = fround(sum + best);
  }
  return sum;
}
