/*
 * q5_0: 32 weights of 5 bits with one scale.
 *
 *   block: 32 weights in 22 bytes
 *   +-----------+------------+--------------+
 *   | d         | qh         | qs           |
 *   | f16       | 32 x bits1 | 32 x nibbles |
 *   | bytes 0-1 | bytes 2-5  | bytes 6-21   |
 *   +-----------+------------+--------------+
 *
 * Weight i < 16:  low four bits in bits 0-3 of qs[i],    fifth bit in bit i of qh.
 * Weight i >= 16: low four bits in bits 4-7 of qs[i-16], fifth bit in bit i of qh.
 * Bit i of qh is bit i%8 of its byte i/8. Restore: x = d * (q - 16).
 *
 * The halves of the block share a byte, not neighbours, so that one mask and one shift of 16 bytes give 32 codes in order.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readBits32, readF16, u8At, writeBits32, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 22;
const QH = 2;
const QS = 6;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: BLOCK_LENGTH,
  codebook: Float32Array.from({ length: 32 }, (_, q) => q - 16),
  shifts: [0],
  multipliers: undefined,
  probes: [-17, -16.625, -16.25, -16, -15.75, -15.25, -14.875, -14.25, -13.875, -13.25, -12.875, -12.25],
  evenParity: false,
  growth: 1,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 4, as: 'bits1' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 16, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    const high = readBits32(bytes, block + QH);
    for (let i = 0; i < 16; i++) {
      const pair = u8At(bytes, block + QS + i);
      out[start + i] = d * (((pair & 15) | (((high >> i) & 1) << 4)) - 16);
      out[start + i + 16] = d * (((pair >> 4) | (((high >> (i + 16)) & 1) << 4)) - 16);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
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
  name: 'q5_0',
  id: 6,
  family: 'legacy',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 16,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
