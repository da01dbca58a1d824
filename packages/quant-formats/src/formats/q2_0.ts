/*
 * q2_0: 64 weights of -1, 0, 1 or 2 times one scale, which may be negative.
 *
 *   block: 64 weights in 18 bytes
 *   +-----------+------------+
 *   | d         | qs         |
 *   | f16       | 64 x bits2 |
 *   | bytes 0-1 | bytes 2-17 |
 *   +-----------+------------+
 *
 * Weight i lives in bits 2 (i%4) to 2 (i%4) + 1 of qs[i/4]. Restore: x = d * (q - 1).
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 64;
const BYTES_PER_BLOCK = 18;
const QS = 2;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: BLOCK_LENGTH,
  codebook: Float32Array.of(-1, 0, 1, 2),
  shifts: [0],
  multipliers: undefined,
  probes: [2.4, 2, 2.8, 1, -1, -1.4, -1.7, -2],
  evenParity: false,
  growth: 0,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 16, as: 'bits2' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const q = (u8At(bytes, block + QS + (i >> 2)) >> (2 * (i & 3))) & 3;
      out[start + i] = d * (q - 1);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const byte = block + QS + (i >> 2);
      out[byte] = u8At(out, byte) | (u8At(search.codes, i) << (2 * (i & 3)));
    }
  }
}

export default defineFormat({
  name: 'q2_0',
  id: 42,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 2,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
