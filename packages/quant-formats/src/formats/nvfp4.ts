/*
 * nvfp4: 64 weights as floats of 4 bits; four blocks of 16 under a float of 8 bits each, which has no sign.
 *
 *   block: 64 weights in 36 bytes
 *   +-----------+--------------+
 *   | d         | qs           |
 *   | 4 x u8    | 64 x nibbles |
 *   | bytes 0-3 | bytes 4-35   |
 *   +-----------+--------------+
 *
 * Weight i, in block b = i/16, lives in bits 0-3 (i%16 < 8) or 4-7 (i%16 >= 8) of qs[8 b + i%8]: a float of one sign, two exponent and one mantissa bits,
 * of which E2M1_DOUBLED has twice the value; UE4M3_HALVED has half of the scale. Restore: x = UE4M3_HALVED[d[b]] * E2M1_DOUBLED[code].
 *
 * The scales reach from 2^-9 to 448 only: a model of such weights brings another scale for each tensor, which its architecture multiplies by.
 */
import { E2M1_DOUBLED, nearestE2m1 } from '../codebooks/e2m1';
import { LARGEST_UE4M3, UE4M3_HALVED } from '../codebooks/ue4m3';
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, u8At, valueAt } from '../numeric/bytes';
import { largestMagnitude } from '../numeric/largest';
import { loadErrorWeights } from '../search/weigh';

const BLOCK_LENGTH = 64;
const BYTES_PER_BLOCK = 36;
const QS = 4;
/** Weights under one scale. */
const SIXTEEN = 16;
const LARGEST_VALUE = 12;
/** Where the weight of largest magnitude is tried: a little clipped at the least, on the value before the largest at the most. */
const constants = { leastPlace: 7.5, greatestPlace: 15 } as const;

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 4, as: 'u8' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 32, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    for (let b = 0; b < 4; b++) {
      const scale = f32At(UE4M3_HALVED, u8At(bytes, block + b));
      const first = start + SIXTEEN * b;
      for (let i = 0; i < 8; i++) {
        const codes = u8At(bytes, block + QS + 8 * b + i);
        out[first + i] = scale * valueAt(E2M1_DOUBLED, codes & 15);
        out[first + i + 8] = scale * valueAt(E2M1_DOUBLED, codes >> 4);
      }
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    for (let b = 0; b < 4; b++) {
      const first = start + SIXTEEN * b;
      const d = bestScale(weights, importance, first);
      out[block + b] = d;
      for (let i = 0; i < 8; i++) {
        const low = codeOf(f32At(weights, first + i), d);
        out[block + QS + 8 * b + i] = low | (codeOf(f32At(weights, first + i + 8), d) << 4);
      }
    }
  }
}

function codeOf(weight: number, d: number): number {
  return d === 0 ? 0 : nearestE2m1(weight / f32At(UE4M3_HALVED, d));
}

const work = { errorWeights: new Float32Array(SIXTEEN) };

/** The scale of least error among those that put the largest weight at one of the places; 0 where that is best. */
function bestScale(weights: Float32Array, importance: Float32Array | undefined, start: number): number {
  const largest = largestMagnitude(weights, start, SIXTEEN);
  loadErrorWeights(work, importance, start, SIXTEEN);
  let best = 0;
  let leastError = errorWith(0, weights, start);
  for (let d = firstAtLeast(largest / constants.greatestPlace); d <= LARGEST_UE4M3; d++) {
    const error = errorWith(d, weights, start);
    if (error < leastError) {
      leastError = error;
      best = d;
    }
    if (f32At(UE4M3_HALVED, d) * constants.leastPlace > largest) break;
  }
  return best;
}

/** The smallest code of a scale of at least `scale`, or the largest code. */
function firstAtLeast(scale: number): number {
  let d = 1;
  while (d < LARGEST_UE4M3 && f32At(UE4M3_HALVED, d) < scale) d++;
  return d;
}

function errorWith(d: number, weights: Float32Array, start: number): number {
  const scale = f32At(UE4M3_HALVED, d);
  let error = 0;
  for (let i = 0; i < SIXTEEN; i++) {
    const weight = f32At(weights, start + i);
    const off = weight - scale * valueAt(E2M1_DOUBLED, codeOf(weight, d));
    error += f32At(work.errorWeights, i) * off * off;
  }
  return error;
}

export default defineFormat({
  name: 'nvfp4',
  id: 40,
  family: 'mx',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: LARGEST_VALUE * f32At(UE4M3_HALVED, LARGEST_UE4M3),
  importance: 'optional',
  layout,
  search: undefined,
  constants,
  decodeRow,
  encodeRow,
});
