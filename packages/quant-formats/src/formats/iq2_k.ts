/*
 * iq2_k: 256 weights as 2-bit indices; sixteen blocks of 16 with a 4-bit scale and a choice of table each, under one f16.
 *
 *   block: 256 weights in 76 bytes
 *   +-----------+------------+--------------+-------------+
 *   | d         | extra      | scales       | qs          |
 *   | f16       | 16 x bits1 | 16 x nibbles | 256 x bits2 |
 *   | bytes 0-1 | bytes 2-3  | bytes 4-11   | bytes 12-75 |
 *   +-----------+------------+--------------+-------------+
 *
 * Weight i, in block b = i/16:
 *   index:  bits 2 (i/32 % 4) to 2 (i/32 % 4) + 1 of qs[32 (i/128) + i%32]
 *   table:  bit b of extra: 0 the first half of IQ2_VALUES, 1 the second
 *   scale:  bits 0-3 (b even) or 4-7 (b odd) of scales[b/2]
 * Restore: x = d * (scale - 8) * table[index].
 */
import { IQ2_VALUES } from '../codebooks/iq235';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, readU16, u8At, valueAt, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { addTwoBits } from '../packing/planes';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 76;
const EXTRA = 2;
const SCALES = 4;
const QS = 12;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: Float32Array.from(IQ2_VALUES.subarray(0, 4)),
  shifts: [0, 5],
  multipliers: { least: -8, greatest: 7, step: 1 },
  probes: [-36, -30, 20, 17, -26, 12],
  evenParity: false,
  growth: 0,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'extra', offsetBytes: EXTRA, lengthBytes: 2, as: 'bits1' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 8, as: 'nibbles' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 64, as: 'bits2' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let b = 0; b < 16; b++) decodeSixteen(bytes, block, b, d, out, start + 16 * b);
  }
}

/** The `b`-th run of 16 weights in a block, which lie in the same bits of 16 bytes in a row. */
function decodeSixteen(
  bytes: Uint8Array,
  block: number,
  b: number,
  d: number,
  out: Float32Array,
  start: number,
): void {
  const scale = d * (((u8At(bytes, block + SCALES + (b >> 1)) >> (4 * (b & 1))) & 15) - 8);
  const table = ((readU16(bytes, block + EXTRA) >> b) & 1) << 2;
  const indices = block + QS + 32 * (b >> 3) + 16 * (b & 1);
  const shift = 2 * ((b >> 1) & 3);
  for (let i = 0; i < 16; i++) {
    out[start + i] = scale * valueAt(IQ2_VALUES, table | ((u8At(bytes, indices + i) >> shift) & 3));
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    let tables = 0;
    for (let b = 0; b < 16; b++) {
      const scale = block + SCALES + (b >> 1);
      out[scale] = u8At(out, scale) | ((i16At(search.multipliers, b) + 8) << (4 * (b & 1)));
      tables |= u8At(search.variants, b) << b;
    }
    writeU16(out, block + EXTRA, tables);
    addTwoBits(out, block + QS, search.codes);
  }
}

export default defineFormat({
  name: 'iq2_k',
  id: 137,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 7 * 31,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
