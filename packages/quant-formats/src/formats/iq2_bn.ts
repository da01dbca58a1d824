/*
 * iq2_bn: weights of -1, 0 or 1 times one scale per row, two bits each: for models trained with three values a weight.
 *
 *   row prefix: 4 bytes
 *   +-----------+
 *   | d         |
 *   | f32       |
 *   | bytes 0-3 |
 *   +-----------+
 *   block: 64 weights in 16 bytes
 *   +------------+
 *   | qs         |
 *   | 64 x bits2 |
 *   | bytes 0-15 |
 *   +------------+
 *
 * Weight i lives in bits 2 (i/16) to 2 (i/16) + 1 of qs[i%16]. Restore: x = d * (q - 1).
 *
 * The code 3, which is written by no encoder, restores as 2 d. The decoder of ik_llama.cpp leaves the scale out, which its products multiply by afterwards.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, readF32, u8At, writeF32 } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { ternaryDigit, TernarySearch } from '../search/ternary';

const BLOCK_LENGTH = 64;
const BYTES_PER_BLOCK = 16;
const ROW_PREFIX_BYTES = 4;

const search = new TernarySearch();

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f32' }],
  block: [{ name: 'qs', offsetBytes: 0, lengthBytes: BYTES_PER_BLOCK, as: 'bits2' }],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF32(bytes, 0);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < out.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const q = (u8At(bytes, block + (i & 15)) >> (2 * (i >> 4))) & 3;
      out[start + i] = d * (q - 1);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  const scale = Math.min(search.scaleOf(weights, importance, 0, weights.length), MAX_F32);
  const d = writeF32(out, 0, scale);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < weights.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const byte = block + (i & 15);
      out[byte] = u8At(out, byte) | (ternaryDigit(f32At(weights, start + i), d) << (2 * (i >> 4)));
    }
  }
}

export default defineFormat({
  name: 'iq2_bn',
  id: 135,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  largestWeight: MAX_F32,
  importance: 'optional',
  layout,
  search: undefined,
  decodeRow,
  encodeRow,
});
