import { f32At } from '../../numeric/bytes';
import { codeBlock } from './code-block';
import type { AffineDescription } from './description';
import { affineGain, fitAffine, type AffineSums } from './fit';
import { CODE, CODE_CODE, WEIGHT_CODE, type AffineWorkspace } from './workspace';

const { fround } = Math;

/**
 * Probe every block of the run. A probe puts the least and the greatest weight of a block at two places on the axis of codes, takes
 * the nearest codes, the scale and minimum that suit these best, and the nearest codes once more. It keeps the sums of the last
 * codes, and what suits them best. Probes of a block stand in a row.
 */
export function probeBlocks(
  work: AffineWorkspace,
  description: AffineDescription,
  length: number,
  smallestScale: number,
): void {
  const { blockLength, greatestCode, greatestMultiplier, probes } = description;
  const anySign = greatestMultiplier === undefined;
  let probe = 0;
  for (let start = 0, block = 0; start < length; start += blockLength, block++) {
    const least = f32At(work.least, block);
    const span = fround(f32At(work.greatest, block) - least);
    for (const places of probes) {
      const [first, last] = [fround(places[0]), fround(places[1])];
      const scale = Math.max(fround(span / fround(last - first)), smallestScale);
      const minimum = fround(fround(first * scale) - least);
      codeBlock(work, greatestCode, start, start + blockLength, scale, minimum);
      recordProbe(work, block, probe, anySign);
      const [better, lower] = [f32At(work.probeScales, probe), f32At(work.probeMinima, probe)];
      codeBlock(work, greatestCode, start, start + blockLength, better, lower);
      recordProbe(work, block, probe++, anySign);
    }
  }
}

function recordProbe(work: AffineWorkspace, block: number, probe: number, anySign: boolean): void {
  work.probeCodeCodes[probe] = f32At(work.sums, CODE_CODE);
  work.probeCodes[probe] = f32At(work.sums, CODE);
  work.probeWeightCodes[probe] = f32At(work.sums, WEIGHT_CODE);
  const { scale, minimum } = fitAffine(probeSums(work, block, probe), anySign);
  work.probeScales[probe] = scale;
  work.probeMinima[probe] = minimum;
}

/** The sums of the codes of a probe, under multipliers of 1. */
export function probeSums(work: AffineWorkspace, block: number, probe: number): AffineSums {
  return {
    codeCode: f32At(work.probeCodeCodes, probe),
    code: f32At(work.probeCodes, probe),
    weight: f32At(work.weightSums, block),
    weightCode: f32At(work.probeWeightCodes, probe),
    value: f32At(work.valueSums, block),
  };
}

/** The probe of `block`, of `count`, that gains most at its own scale and minimum; the first of equals. */
export function bestProbe(work: AffineWorkspace, block: number, count: number): number {
  let best = block * count;
  let bestGain = -Infinity;
  for (let probe = block * count; probe < (block + 1) * count; probe++) {
    const sums = probeSums(work, block, probe);
    const gain = affineGain(sums, f32At(work.probeScales, probe), f32At(work.probeMinima, probe));
    if (gain > bestGain) {
      bestGain = gain;
      best = probe;
    }
  }
  return best;
}
