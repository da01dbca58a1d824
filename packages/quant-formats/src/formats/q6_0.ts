/*
 * q6_0: 32 weights of 6 bits with one scale.
 *
 *   block: 32 weights in 26 bytes
 *   +-----------+------------+--------------+
 *   | d         | qh         | qs           |
 *   | f16       | 32 x bits2 | 32 x nibbles |
 *   | bytes 0-1 | bytes 2-9  | bytes 10-25  |
 *   +-----------+------------+--------------+
 *
 * Weight i < 16:  low four bits in bits 0-3 of qs[i],    high two bits in bits s to s+1 of qh[i%8],   s = 4 * (i/8).
 * Weight i >= 16: low four bits in bits 4-7 of qs[i-16], high two bits in bits s to s+1 of qh[i%8],   s = 4 * ((i-16)/8) + 2.
 * (Divisions are whole.) Restore: x = d * (q - 32).
 *
 * A nibble of qh belongs to one byte of qs: qh[0..7] low nibbles to qs[0..7], high nibbles to qs[8..15].
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 26;
const QH = 2;
const QS = 10;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: BLOCK_LENGTH,
  codebook: Float32Array.from({ length: 64 }, (_, q) => q - 32),
  shifts: [0],
  multipliers: undefined,
  probes: [-33.25, -32.5, -32.25, -32, -31.75, -31.25, -29, -28, 26, 27, 29.75, 30.25, 30.75, 31],
  evenParity: false,
  growth: 1,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 8, as: 'bits2' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 16, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let i = 0; i < 16; i++) {
      const pair = u8At(bytes, block + QS + i);
      const high = u8At(bytes, block + QH + (i & 7)) >> (4 * (i >> 3));
      out[start + i] = d * (((pair & 15) | ((high & 3) << 4)) - 32);
      out[start + i + 16] = d * (((pair >> 4) | ((high & 12) << 2)) - 32);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    for (let i = 0; i < 8; i++) out[block + QH + i] = highBits(i) | (highBits(i + 8) << 4);
    for (let i = 0; i < 16; i++) {
      out[block + QS + i] = (u8At(search.codes, i) & 15) | ((u8At(search.codes, i + 16) & 15) << 4);
    }
  }
}

/** The high bits of the found codes of weights `i` and `i + 16`. */
function highBits(i: number): number {
  return (u8At(search.codes, i) >> 4) | ((u8At(search.codes, i + 16) >> 4) << 2);
}

export default defineFormat({
  name: 'q6_0',
  id: 133,
  family: 'legacy',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 32,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
