/*
 * iq3_s: 256 weights in fours, each a point of a grid of 512, with a sign for each weight; eight blocks of 32 with a 4-bit scale each, under
 * one f16.
 *
 *   block: 256 weights in 110 bytes
 *   +-----------+------------+-------------+--------------+---------------+
 *   | d         | qs         | qh          | signs        | scales        |
 *   | f16       | 64 x u8    | 64 x bits1  | 256 x bits1  | 8 x nibbles   |
 *   | bytes 0-1 | bytes 2-65 | bytes 66-73 | bytes 74-105 | bytes 106-109 |
 *   +-----------+------------+-------------+--------------+---------------+
 *
 * Weight i, in block b = i/32:
 *   grid index:  low eight bits are qs[i/4]; the ninth is bit (i/4)%8 of qh[b]
 *   sign:        bit i%8 of signs[i/8]
 *   scale s:     bits 0-3 (b even) or 4-7 (b odd) of scales[b/2]
 * Restore: x = d * (2 s + 1) * point[i%4], minus where the sign is set.
 */
import { IQ3_S_GRID } from '../codebooks/grids';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { restoreFour } from '../packing/restore-grid';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 110;
const QS = 2;
const QH = 66;
const SIGNS = 74;
const SCALES = 106;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.from(IQ3_S_GRID.levels),
  grid: { dimensions: 4, points: IQ3_S_GRID.points, signs: 'any' },
  shifts: [0],
  multipliers: { least: 1, greatest: 31, step: 2 },
  probes: [16, 14, 12],
  evenParity: false,
  growth: 0,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 64, as: 'u8' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 8, as: 'bits1' },
    { name: 'signs', offsetBytes: SIGNS, lengthBytes: 32, as: 'bits1' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 4, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let four = 0; four < 64; four++) {
      const b = four >> 3;
      const high = (u8At(bytes, block + QH + b) >> (four & 7)) & 1;
      const s = (u8At(bytes, block + SCALES + (b >> 1)) >> (4 * (b & 1))) & 15;
      const signs = u8At(bytes, block + SIGNS + (four >> 1)) >> (4 * (four & 1));
      const index = u8At(bytes, block + QS + four) | (high << 8);
      restoreFour(IQ3_S_GRID.points, index, d * (2 * s + 1), signs, out, start + 4 * four);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    const { points, signs, multipliers } = search;
    writeF16(out, block, search.superScale);
    for (let four = 0; four < 64; four++) {
      const index = points[4 * four] ?? 0;
      const high = block + QH + (four >> 3);
      out[block + QS + four] = index;
      out[high] = u8At(out, high) | ((index >> 8) << (four & 7));
    }
    for (let g = 0; g < 32; g++) out[block + SIGNS + g] = u8At(signs, g);
    for (let b = 0; b < 8; b += 2) {
      out[block + SCALES + (b >> 1)] = (i16At(multipliers, b) >> 1) | ((i16At(multipliers, b + 1) >> 1) << 4);
    }
  }
}

export default defineFormat({
  name: 'iq3_s',
  id: 21,
  family: 'iq',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 31 * 10.5,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
