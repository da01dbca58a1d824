/*
 * iq3_xxs: 256 weights in fours, each a point of a grid of 256, with signs of even number for each eight; eight blocks of 32 with a 4-bit
 * scale each, under one f16.
 *
 *   block: 256 weights in 98 bytes
 *   +-----------+------------+-------------+
 *   | d         | qs         | scales      |
 *   | f16       | 64 x u8    | 32 x u8     |
 *   | bytes 0-1 | bytes 2-65 | bytes 66-97 |
 *   +-----------+------------+-------------+
 *
 * Weight i, in block b = i/32 with its eights g = (i%32)/8:
 *   grid index:  qs[i/4]
 *   signs:       bits 7 g to 7 g + 6 of the 32 bits of bytes 4 b to 4 b + 3 of scales; the eighth makes their number even
 *   scale s:     bits 28-31 of the same 32 bits
 * Restore: x = d * (2 s + 1) / 4 * point[i%4], minus where bit i%8 of the signs is set.
 *
 * ggml has `scales`, which hold the signs too, as the last third of its field qs.
 */
import { IQ3_XXS_GRID } from '../codebooks/grids';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readBits32, readF16, u8At, writeBits32, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { restoreFour } from '../packing/restore-grid';
import { evenSigns } from '../packing/signs';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 98;
const QS = 2;
const SCALES = 66;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.from(IQ3_XXS_GRID.levels),
  grid: { dimensions: 4, points: IQ3_XXS_GRID.points, signs: 'even' },
  shifts: [0],
  multipliers: { least: 1, greatest: 31, step: 2 },
  probes: [62, 54, 46, 68],
  evenParity: false,
  growth: 0,
  store: (superScale) => storeAsF16(superScale * 4) / 4,
  smallestSuperScale: SMALLEST_F16 / 4,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 64, as: 'u8' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 32, as: 'u8' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let b = 0; b < 8; b++) {
      const word = readBits32(bytes, block + SCALES + 4 * b);
      const scale = (d * (2 * (word >>> 28) + 1)) / 4;
      for (let four = 0; four < 8; four++) {
        const signs = evenSigns((word >>> (7 * (four >> 1))) & 127) >> (4 * (four & 1));
        const index = u8At(bytes, block + QS + 8 * b + four);
        restoreFour(IQ3_XXS_GRID.points, index, scale, signs, out, start + 32 * b + 4 * four);
      }
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    const { points, signs, multipliers } = search;
    writeF16(out, block, 4 * search.superScale);
    for (let four = 0; four < 64; four++) out[block + QS + four] = points[4 * four] ?? 0;
    for (let b = 0; b < 8; b++) {
      let word = (i16At(multipliers, b) >> 1) << 28;
      for (let g = 0; g < 4; g++) word |= (u8At(signs, 4 * b + g) & 127) << (7 * g);
      writeBits32(out, block + SCALES + 4 * b, word);
    }
  }
}

export default defineFormat({
  name: 'iq3_xxs',
  id: 18,
  family: 'iq',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: (MAX_F16 * 31 * 40) / 4,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
