import { f32At } from '../numeric/bytes';
import { codeBlock, type Coder } from './code-block';
import type { SearchDescription } from './description';
import { CODE_CODE, CODE_WEIGHT, type Workspace } from './workspace';

const { fround } = Math;

/** Probes of every block of the run: one for each variant of the codebook and each place to try, variants outermost. */
export function probeBlocks(
  work: Workspace,
  description: SearchDescription,
  coder: Coder,
  length: number,
): void {
  const { blockLength, shifts, probes } = description;
  let probe = 0;
  for (let start = 0, block = 0; start < length; start += blockLength, block++) {
    const extreme = f32At(work.extremes, block);
    for (const shift of shifts) {
      for (const place of probes) {
        codeBlock(work, coder, start, start + blockLength, fround(extreme / fround(place + shift)), shift);
        recordProbe(work, probe++);
      }
    }
  }
}

/** With the codes fixed, the gain `2 s B - s s C` of a block's scale s is a parabola: its top, where it is, and its curvature. */
function recordProbe(work: Workspace, probe: number): void {
  const codeWeight = f32At(work.sums, CODE_WEIGHT);
  const codeCode = f32At(work.sums, CODE_CODE);
  const scale = fround(codeWeight / codeCode);
  work.probeScale[probe] = scale;
  work.probeGain[probe] = codeWeight * scale;
  work.probeCurvature[probe] = codeCode;
}

/** The first of the probes from `first` on that gains most. */
export function bestProbe(work: Workspace, first: number, count: number): number {
  let best = first;
  for (let probe = first + 1; probe < first + count; probe++) {
    if (f32At(work.probeGain, probe) > f32At(work.probeGain, best)) best = probe;
  }
  return best;
}
