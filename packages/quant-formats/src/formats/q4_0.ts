/*
 * q4_0: 32 weights of 4 bits with one scale.
 *
 *   block: 32 weights in 18 bytes
 *   +-----------+--------------+
 *   | d         | qs           |
 *   | f16       | 32 x nibbles |
 *   | bytes 0-1 | bytes 2-17   |
 *   +-----------+--------------+
 *
 * Weight i < 16 lives in bits 0-3 of qs[i], weight i >= 16 in bits 4-7 of qs[i-16]. Restore: x = d * (q - 8).
 *
 * Codes reach from -8 to 7, so the scale takes the sign with which the extreme weight becomes -8.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 18;
const QS = 2;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: BLOCK_LENGTH,
  codebook: Float32Array.from({ length: 16 }, (_, q) => q - 8),
  shifts: [0],
  multipliers: undefined,
  probes: [-9, -8.625, -8.25, -8, -7.75, -7.25, -6.75, -6.25, -5.75, 6.5],
  evenParity: false,
  growth: 1,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 16, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let i = 0; i < 16; i++) {
      const pair = u8At(bytes, block + QS + i);
      out[start + i] = d * ((pair & 15) - 8);
      out[start + i + 16] = d * ((pair >> 4) - 8);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    for (let i = 0; i < 16; i++) {
      out[block + QS + i] = u8At(search.codes, i) | (u8At(search.codes, i + 16) << 4);
    }
  }
}

export default defineFormat({
  name: 'q4_0',
  id: 2,
  family: 'legacy',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 8,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
