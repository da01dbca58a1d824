/*
 * mxfp4: 32 weights as floats of 4 bits under one power of two: the microscaling format of the Open Compute Project, in which
 * gpt-oss was published.
 *
 *   block: 32 weights in 17 bytes
 *   +-----------+--------------+
 *   | e         | qs           |
 *   | u8        | 32 x nibbles |
 *   | bytes 0-0 | bytes 1-16   |
 *   +-----------+--------------+
 *
 * Weight i < 16 lives in bits 0-3 of qs[i], weight i >= 16 in bits 4-7 of qs[i-16]: a float of one sign, two exponent and one mantissa
 * bits, of which E2M1_DOUBLED has twice the value. Restore: x = 2^(e - 128) * E2M1_DOUBLED[code].
 *
 * Source: OCP Microscaling Formats specification 1.0; there e = 255 means NaN, in ggml it means 2^127 as here.
 */
import { E2M1_DOUBLED, nearestE2m1 } from '../codebooks/e2m1';
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, u8At, valueAt } from '../numeric/bytes';
import { largestMagnitude } from '../numeric/largest';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 17;
const QS = 1;
/** Of e, half the bias of an f32 exponent, because values are doubled. */
const BIAS = 128;
/** The greatest e with which the largest value, 12, does not overflow. */
const GREATEST_E = 251;
const LARGEST_VALUE = 12;

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'e', offsetBytes: 0, lengthBytes: 1, as: 'u8' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 16, as: 'nibbles' },
  ],
};

/** 2^(e - 128), for every byte. */
const SCALES = Float32Array.from({ length: 256 }, (_, e) => 2 ** (e - BIAS));

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const scale = f32At(SCALES, u8At(bytes, block));
    for (let i = 0; i < 16; i++) {
      const codes = u8At(bytes, block + QS + i);
      out[start + i] = scale * valueAt(E2M1_DOUBLED, codes & 15);
      out[start + i + 16] = scale * valueAt(E2M1_DOUBLED, codes >> 4);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const e = bestExponent(weights, importance, start);
    const scale = f32At(SCALES, e);
    out[block] = e;
    for (let i = 0; i < 16; i++) {
      const first = nearestE2m1(f32At(weights, start + i) / scale);
      out[block + QS + i] = first | (nearestE2m1(f32At(weights, start + i + 16) / scale) << 4);
    }
  }
}

/** Of the exponents with which the largest weight becomes 6 to 24, half of it at most clipped, the one of least error; 0 for zeros. */
function bestExponent(weights: Float32Array, importance: Float32Array | undefined, start: number): number {
  const largest = largestMagnitude(weights, start, BLOCK_LENGTH);
  if (largest === 0) return 0;
  const highest = BIAS + Math.ceil(Math.log2(largest / LARGEST_VALUE));
  let best = 0;
  let leastError = Infinity;
  for (const candidate of [highest, highest - 1]) {
    const e = Math.min(Math.max(candidate, 0), GREATEST_E);
    const error = errorWith(f32At(SCALES, e), weights, importance, start);
    if (error >= leastError) continue;
    leastError = error;
    best = e;
  }
  return best;
}

function errorWith(
  scale: number,
  weights: Float32Array,
  importance: Float32Array | undefined,
  start: number,
): number {
  let error = 0;
  for (let i = start; i < start + BLOCK_LENGTH; i++) {
    const target = f32At(weights, i) / scale;
    const off = target - valueAt(E2M1_DOUBLED, nearestE2m1(target));
    error += (importance === undefined ? 1 : f32At(importance, i)) * off * off;
  }
  return error * scale * scale;
}

export default defineFormat({
  name: 'mxfp4',
  id: 39,
  family: 'mx',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: LARGEST_VALUE * 2 ** (GREATEST_E - BIAS),
  importance: 'optional',
  layout,
  search: undefined,
  constants: { greatestE: GREATEST_E },
  decodeRow,
  encodeRow,
});
