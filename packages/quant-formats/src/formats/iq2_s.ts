/*
 * iq2_s: 256 weights in eights, each a point of a grid of 1024 with a sign for each weight; sixteen blocks of 16 with a 4-bit scale each,
 * under one f16.
 *
 *   block: 256 weights in 82 bytes
 *   +-----------+------------+-------------+-------------+--------------+
 *   | d         | qs         | signs       | qh          | scales       |
 *   | f16       | 32 x u8    | 32 x u8     | 32 x bits2  | 16 x nibbles |
 *   | bytes 0-1 | bytes 2-33 | bytes 34-65 | bytes 66-73 | bytes 74-81  |
 *   +-----------+------------+-------------+-------------+--------------+
 *
 * Eight g = i/8, in block b = i/16:
 *   grid index:  low eight bits are qs[g]; high two are bits 2 (g%4) to 2 (g%4) + 1 of qh[g/4]
 *   signs:       signs[g]
 *   scale s:     bits 0-3 (b even) or 4-7 (b odd) of scales[b/2]
 * Restore: x = d * (2 s + 1) / 8 * point[i%8], minus where bit i%8 of the signs is set.
 *
 * ggml has `signs` as the second half of its field qs.
 */
import { IQ2_S_GRID } from '../codebooks/grids';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { restoreEight } from '../packing/restore-grid';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 82;
const QS = 2;
const SIGNS = 34;
const QH = 66;
const SCALES = 74;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: Float32Array.from(IQ2_S_GRID.levels),
  grid: { dimensions: 8, points: IQ2_S_GRID.points, signs: 'any' },
  shifts: [0],
  multipliers: { least: 1, greatest: 31, step: 2 },
  probes: [43, 40, 37, 34, 31, 47, 52],
  evenParity: false,
  growth: 0,
  store: (superScale) => storeAsF16(superScale * 8) / 8,
  smallestSuperScale: SMALLEST_F16 / 8,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 32, as: 'u8' },
    { name: 'signs', offsetBytes: SIGNS, lengthBytes: 32, as: 'u8' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 8, as: 'bits2' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 8, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let g = 0; g < 32; g++) {
      const high = (u8At(bytes, block + QH + (g >> 2)) >> (2 * (g & 3))) & 3;
      const index = u8At(bytes, block + QS + g) | (high << 8);
      const s = (u8At(bytes, block + SCALES + (g >> 2)) >> (4 * ((g >> 1) & 1))) & 15;
      const signs = u8At(bytes, block + SIGNS + g);
      restoreEight(IQ2_S_GRID.points, index, (d * (2 * s + 1)) / 8, signs, out, start + 8 * g);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    const { points, signs, multipliers } = search;
    writeF16(out, block, 8 * search.superScale);
    for (let g = 0; g < 32; g++) {
      const index = points[8 * g] ?? 0;
      const high = block + QH + (g >> 2);
      out[block + QS + g] = index;
      out[block + SIGNS + g] = u8At(signs, g);
      out[high] = u8At(out, high) | ((index >> 8) << (2 * (g & 3)));
    }
    for (let b = 0; b < 16; b += 2) {
      out[block + SCALES + (b >> 1)] = (i16At(multipliers, b) >> 1) | ((i16At(multipliers, b + 1) >> 1) << 4);
    }
  }
}

export default defineFormat({
  name: 'iq2_s',
  id: 22,
  family: 'iq',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: (MAX_F16 * 31 * 43) / 8,
  importance: 'required',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
