import { f32At } from '../numeric/bytes';
import { codeBlock, type Coder } from './code-block';
import type { SearchDescription } from './description';
import { smallestSuperScale } from './store';
import { CODE_CODE, WEIGHT_CODE, type Workspace } from './workspace';

const { fround } = Math;

/** Probes of one block. */
export function probesPerBlock({ shifts, probes }: SearchDescription): number {
  return shifts.length * probes.length;
}

/**
 * Probe every block of the run. A probe puts the block's extreme weight at one place of one variant of the codebook, takes the
 * nearest codes, and keeps the parabola that the gain is for these codes. Probes of a block stand in a row, variants outermost.
 */
export function probeBlocks(
  work: Workspace,
  description: SearchDescription,
  coder: Coder,
  length: number,
): void {
  const { blockLength, shifts, probes, multipliers, trellis } = description;
  const isPositive = multipliers !== undefined && multipliers.least >= 0;
  const smallest = smallestSuperScale(work, description);
  let probe = 0;
  for (let start = 0, block = 0; start < length; start += blockLength, block++) {
    const largest = f32At(work.extremes, block);
    const extreme = isPositive ? Math.abs(largest) : largest;
    for (const shift of shifts) {
      for (const place of probes) {
        // What is added to a state leaves its numbers where they are.
        const moved = trellis === undefined ? fround(place + shift) : place;
        const scale = awayFromZero(fround(extreme / moved), smallest);
        codeBlock(work, coder, start, start + blockLength, scale, shift);
        recordProbe(work, probe++);
      }
    }
  }
}

/** A scale that is too small for the format becomes the smallest there is. */
function awayFromZero(scale: number, smallest: number): number {
  return scale < 0 ? Math.min(scale, -smallest) : Math.max(scale, smallest);
}

function recordProbe(work: Workspace, probe: number): void {
  const weightCode = f32At(work.sums, WEIGHT_CODE);
  const codeCode = f32At(work.sums, CODE_CODE);
  // A block of zeros whose codes stand for zero has nothing to gain.
  const scale = codeCode === 0 ? 0 : fround(weightCode / codeCode);
  work.probeScales[probe] = scale;
  work.probeGains[probe] = weightCode * scale;
  work.probeCurvatures[probe] = codeCode;
}

/** The best scale of the probe of `block` that gains most; the first of equals. */
export function bestScale(work: Workspace, description: SearchDescription, block: number): number {
  const { probeGains, probeScales } = work;
  const first = block * probesPerBlock(description);
  let best = first;
  for (let probe = first + 1; probe < first + probesPerBlock(description); probe++) {
    if (f32At(probeGains, probe) > f32At(probeGains, best)) best = probe;
  }
  return f32At(probeScales, best);
}
