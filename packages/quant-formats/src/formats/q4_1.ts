/*
 * q4_1: 32 weights of 4 bits with a scale and a least weight.
 *
 *   block: 32 weights in 20 bytes
 *   +-----------+-----------+--------------+
 *   | d         | m         | qs           |
 *   | f16       | f16       | 32 x nibbles |
 *   | bytes 0-1 | bytes 2-3 | bytes 4-19   |
 *   +-----------+-----------+--------------+
 *
 * Weight i < 16 lives in bits 0-3 of qs[i], weight i >= 16 in bits 4-7 of qs[i-16].
 * Restore: x = d * q + m, rounded to f32 once.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readF16, u8At, writeF16 } from '../numeric/bytes';
import { AffineSearch, largestAffineWeight } from '../search/affine/index';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 20;
const M = 2;
const QS = 4;

const search = new AffineSearch({
  kind: 'affine',
  blockLength: BLOCK_LENGTH,
  greatestCode: 15,
  greatestMultiplier: undefined,
  growth: 1,
  probes: [
    [-0.3, 15.3],
    [0.6, 15.3],
    [-0.3, 15],
    [0.3, 15.3],
    [0.3, 14.4],
    [-0.3, 15.6],
    [-0.6, 15],
    [0.6, 15],
  ],
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'm', offsetBytes: M, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 16, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    const m = readF16(bytes, block + M);
    for (let i = 0; i < 16; i++) {
      const pair = u8At(bytes, block + QS + i);
      out[start + i] = d * (pair & 15) + m;
      out[start + i + 16] = d * (pair >> 4) + m;
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    writeF16(out, block + M, -search.superMinimum);
    for (let i = 0; i < 16; i++) {
      out[block + QS + i] = u8At(search.codes, i) | (u8At(search.codes, i + 16) << 4);
    }
  }
}

export default defineFormat({
  name: 'q4_1',
  id: 3,
  family: 'legacy',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: largestAffineWeight(search.description),
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
