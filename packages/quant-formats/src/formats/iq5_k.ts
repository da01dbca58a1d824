/*
 * iq5_k: 256 weights as 5-bit indices; sixteen blocks of 16 with a 6-bit scale and a choice of table each, under one f16.
 *
 *   block: 256 weights in 176 bytes
 *   +-----------+------------+------------+--------------+---------------+---------------+
 *   | d         | extra      | scales_h   | scales_l     | qs            | qh            |
 *   | f16       | 16 x bits1 | 16 x bits2 | 16 x nibbles | 256 x nibbles | 256 x bits1   |
 *   | bytes 0-1 | bytes 2-3  | bytes 4-7  | bytes 8-15   | bytes 16-143  | bytes 144-175 |
 *   +-----------+------------+------------+--------------+---------------+---------------+
 *
 * Weight i, in block b = i/16:
 *   index, low:  bits 0-3 (i/32 even) or 4-7 (i/32 odd) of qs[32 (i/64) + i%32]
 *   index, high: bit i/32 of qh[i%32]
 *   table:       bit b of extra: 0 the first half of IQ5_VALUES, 1 the second
 *   scale, low:  bits 0-3 (b even) or 4-7 (b odd) of scales_l[b/2]
 *   scale, high: bits 2 (b%4) to 2 (b%4) + 1 of scales_h[b/4]
 * Restore: x = d * (scale - 32) * table[index].
 */
import { IQ5_VALUES } from '../codebooks/iq235';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, readU16, u8At, valueAt, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { addBit, addNibbles } from '../packing/planes';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 176;
const EXTRA = 2;
const SCALES_H = 4;
const SCALES_L = 8;
const QS = 16;
const QH = 144;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: Float32Array.from(IQ5_VALUES.subarray(0, 32)),
  shifts: [0, 2],
  multipliers: { least: -32, greatest: 31, step: 1 },
  probes: [-126, 123, 109, -113, 97, 117, -93, -107],
  evenParity: false,
  growth: 1,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'extra', offsetBytes: EXTRA, lengthBytes: 2, as: 'bits1' },
    { name: 'scales_h', offsetBytes: SCALES_H, lengthBytes: 4, as: 'bits2' },
    { name: 'scales_l', offsetBytes: SCALES_L, lengthBytes: 8, as: 'nibbles' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 128, as: 'nibbles' },
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
  const scaleLow = (u8At(bytes, block + SCALES_L + (b >> 1)) >> (4 * (b & 1))) & 15;
  const scaleHigh = (u8At(bytes, block + SCALES_H + (b >> 2)) >> (2 * (b & 3))) & 3;
  const scale = d * ((scaleLow | (scaleHigh << 4)) - 32);
  const table = ((readU16(bytes, block + EXTRA) >> b) & 1) << 5;
  const low = block + QS + 32 * (b >> 2) + 16 * (b & 1);
  const high = block + QH + 16 * (b & 1);
  const lowShift = 4 * ((b >> 1) & 1);
  const highShift = b >> 1;
  for (let i = 0; i < 16; i++) {
    const index =
      ((u8At(bytes, low + i) >> lowShift) & 15) | (((u8At(bytes, high + i) >> highShift) & 1) << 4);
    out[start + i] = scale * valueAt(IQ5_VALUES, table | index);
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    writeScales(out, block);
    addNibbles(out, block + QS, search.codes);
    addBit(out, block + QH, search.codes, 4);
  }
}

/** The found scales and tables of sixteen blocks, into fields that hold zeros. */
function writeScales(out: Uint8Array, block: number): void {
  let tables = 0;
  for (let b = 0; b < 16; b++) {
    const scale = i16At(search.multipliers, b) + 32;
    const low = block + SCALES_L + (b >> 1);
    const high = block + SCALES_H + (b >> 2);
    out[low] = u8At(out, low) | ((scale & 15) << (4 * (b & 1)));
    out[high] = u8At(out, high) | ((scale >> 4) << (2 * (b & 3)));
    tables |= u8At(search.variants, b) << b;
  }
  writeU16(out, block + EXTRA, tables);
}

export default defineFormat({
  name: 'iq5_k',
  id: 140,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 31 * 126,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
