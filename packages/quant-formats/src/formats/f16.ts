/*
 * f16: IEEE 754 binary16, 1 sign bit, 5 exponent bits, 10 fraction bits.
 *
 *   block: 1 weight in 2 bytes
 *   +-----------+
 *   | d         |
 *   | f16       |
 *   | bytes 0-1 |
 *   +-----------+
 *
 * Weight i lives in bytes 2i and 2i+1, little-endian. Restore: x = d, exact.
 *
 * Encoding rounds to nearest, ties to even. A weight beyond 65504 becomes 65504 with its sign, not the infinity of IEEE 754:
 * an infinity would spread to every output of the layer. Weights below 2^-25 become zero. To refuse such weights instead of
 * bending them is the caller's decision, who knows the tensor's name; `largestWeight` tells the limit.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, readF16, writeU16 } from '../numeric/bytes';
import { f32ToFiniteF16, MAX_F16 } from '../numeric/f16';

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [{ name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' }],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = readF16(bytes, 2 * i);
}

function encodeRow(weights: Float32Array, _importance: Float32Array | undefined, out: Uint8Array): void {
  for (let i = 0; i < weights.length; i++) writeU16(out, 2 * i, f32ToFiniteF16(f32At(weights, i)));
}

export default defineFormat({
  name: 'f16',
  id: 1,
  family: 'float',
  blockLength: 1,
  bytesPerBlock: 2,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16,
  importance: 'ignored',
  layout,
  search: undefined,
  decodeRow,
  encodeRow,
});
