/*
 * iq3_k: 256 weights as 3-bit indices; sixteen blocks of 16 with an odd scale of 4 bits and a sign and a choice of table each, under
 * one f16.
 *
 *   block: 256 weights in 110 bytes
 *   +-----------+------------+------------+--------------+-------------+--------------+
 *   | d         | extra      | scales_h   | scales_l     | qs          | qh           |
 *   | f16       | 16 x bits1 | 16 x bits1 | 16 x nibbles | 256 x bits2 | 256 x bits1  |
 *   | bytes 0-1 | bytes 2-3  | bytes 4-5  | bytes 6-13   | bytes 14-77 | bytes 78-109 |
 *   +-----------+------------+------------+--------------+-------------+--------------+
 *
 * Weight i, in block b = i/16:
 *   index, low:  bits 2 (i/32 % 4) to 2 (i/32 % 4) + 1 of qs[32 (i/128) + i%32]
 *   index, high: bit i/32 of qh[i%32]
 *   table:       bit b of extra: 0 the first half of IQ3_VALUES, 1 the second
 *   scale s:     bits 0-3 (b even) or 4-7 (b odd) of scales_l[b/2]
 *   sign:        bit b of scales_h: 1 for minus
 * Restore: x = d * sign * (2 s + 1) * table[index].
 */
import { IQ3_VALUES } from '../codebooks/iq235';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, readU16, u8At, valueAt, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { addBit, addTwoBits } from '../packing/planes';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 110;
const EXTRA = 2;
const SCALES_H = 4;
const SCALES_L = 6;
const QS = 14;
const QH = 78;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: Float32Array.from(IQ3_VALUES.subarray(0, 8)),
  shifts: [0, 4],
  multipliers: { least: -31, greatest: 31, step: 2 },
  probes: [-66, 55, -57, -73, 46, -42, -63],
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
    { name: 'scales_h', offsetBytes: SCALES_H, lengthBytes: 2, as: 'bits1' },
    { name: 'scales_l', offsetBytes: SCALES_L, lengthBytes: 8, as: 'nibbles' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 64, as: 'bits2' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 32, as: 'bits1' },
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
  const odd = 2 * ((u8At(bytes, block + SCALES_L + (b >> 1)) >> (4 * (b & 1))) & 15) + 1;
  const scale = d * (((readU16(bytes, block + SCALES_H) >> b) & 1) === 0 ? odd : -odd);
  const table = ((readU16(bytes, block + EXTRA) >> b) & 1) << 3;
  const low = block + QS + 32 * (b >> 3) + 16 * (b & 1);
  const high = block + QH + 16 * (b & 1);
  const lowShift = 2 * ((b >> 1) & 3);
  const highShift = b >> 1;
  for (let i = 0; i < 16; i++) {
    const index =
      ((u8At(bytes, low + i) >> lowShift) & 3) | (((u8At(bytes, high + i) >> highShift) & 1) << 2);
    out[start + i] = scale * valueAt(IQ3_VALUES, table | index);
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    writeScales(out, block);
    addTwoBits(out, block + QS, search.codes);
    addBit(out, block + QH, search.codes, 2);
  }
}

/** The found scales and tables of sixteen blocks, into fields that hold zeros. */
function writeScales(out: Uint8Array, block: number): void {
  let tables = 0;
  let signs = 0;
  for (let b = 0; b < 16; b++) {
    const multiplier = i16At(search.multipliers, b);
    const low = block + SCALES_L + (b >> 1);
    out[low] = u8At(out, low) | (((Math.abs(multiplier) - 1) >> 1) << (4 * (b & 1)));
    signs |= (multiplier < 0 ? 1 : 0) << b;
    tables |= u8At(search.variants, b) << b;
  }
  writeU16(out, block + EXTRA, tables);
  writeU16(out, block + SCALES_H, signs);
}

export default defineFormat({
  name: 'iq3_k',
  id: 138,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 31 * 63,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
