/*
 * q5_1: 32 weights of 5 bits with a scale and a least weight.
 *
 *   block: 32 weights in 24 bytes
 *   +-----------+-----------+------------+--------------+
 *   | d         | m         | qh         | qs           |
 *   | f16       | f16       | 32 x bits1 | 32 x nibbles |
 *   | bytes 0-1 | bytes 2-3 | bytes 4-7  | bytes 8-23   |
 *   +-----------+-----------+------------+--------------+
 *
 * Weight i < 16:  low four bits in bits 0-3 of qs[i],    fifth bit in bit i of qh.
 * Weight i >= 16: low four bits in bits 4-7 of qs[i-16], fifth bit in bit i of qh.
 * Bit i of qh is bit i%8 of its byte i/8. Restore: x = d * q + m, rounded to f32 once.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readBits32, readF16, u8At, writeBits32, writeF16 } from '../numeric/bytes';
import { AffineSearch, largestAffineWeight } from '../search/affine/index';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 24;
const M = 2;
const QH = 4;
const QS = 8;

const search = new AffineSearch({
  kind: 'affine',
  blockLength: BLOCK_LENGTH,
  greatestCode: 31,
  greatestMultiplier: undefined,
  growth: 1,
  probes: [
    [0, 31.3],
    [-0.3, 31],
    [0.6, 31.3],
    [0, 30.4],
    [0.6, 31],
    [0.3, 31],
    [0.6, 30.4],
    [-0.6, 32],
  ],
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'm', offsetBytes: M, lengthBytes: 2, as: 'f16' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 4, as: 'bits1' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 16, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    const m = readF16(bytes, block + M);
    const high = readBits32(bytes, block + QH);
    for (let i = 0; i < 16; i++) {
      const pair = u8At(bytes, block + QS + i);
      out[start + i] = d * ((pair & 15) | (((high >> i) & 1) << 4)) + m;
      out[start + i + 16] = d * ((pair >> 4) | (((high >> (i + 16)) & 1) << 4)) + m;
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    writeF16(out, block + M, -search.superMinimum);
    let high = 0;
    for (let i = 0; i < 16; i++) {
      const first = u8At(search.codes, i);
      const second = u8At(search.codes, i + 16);
      out[block + QS + i] = (first & 15) | ((second & 15) << 4);
      high |= ((first >> 4) << i) | ((second >> 4) << (i + 16));
    }
    writeBits32(out, block + QH, high);
  }
}

export default defineFormat({
  name: 'q5_1',
  id: 7,
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
