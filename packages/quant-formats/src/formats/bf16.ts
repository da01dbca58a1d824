/*
 * bf16: the upper half of an f32, 1 sign bit, 8 exponent bits, 7 fraction bits.
 *
 *   block: 1 weight in 2 bytes
 *   +-----------+
 *   | d         |
 *   | bf16      |
 *   | bytes 0-1 |
 *   +-----------+
 *
 * Weight i lives in bytes 2i and 2i+1, little-endian. Restore: the f32 whose upper 16 bits are d and whose lower 16 are zero.
 *
 * Encoding rounds to nearest, ties to even. A finite weight beyond the range (above 3.3895e38) becomes the largest finite one.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32BitsToFiniteBf16, MAX_BF16 } from '../numeric/bf16';
import { readU16, writeU16 } from '../numeric/bytes';

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [{ name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'bf16' }],
};

/** The bits of a row's weights. Bits are copied as integers, so that a NaN keeps its payload. */
function bitsOf(row: Float32Array): Uint32Array {
  return new Uint32Array(row.buffer, row.byteOffset, row.length);
}

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const words = bitsOf(out);
  for (let i = 0; i < words.length; i++) words[i] = readU16(bytes, 2 * i) << 16;
}

function encodeRow(weights: Float32Array, _importance: Float32Array | undefined, out: Uint8Array): void {
  for (const [i, word] of bitsOf(weights).entries()) writeU16(out, 2 * i, f32BitsToFiniteBf16(word));
}

export default defineFormat({
  name: 'bf16',
  id: 30,
  family: 'float',
  blockLength: 1,
  bytesPerBlock: 2,
  rowPrefixBytes: 0,
  largestWeight: MAX_BF16,
  importance: 'ignored',
  layout,
  search: undefined,
  decodeRow,
  encodeRow,
});
