/*
 * iq2_xxs: 256 weights in eights, each a point of a grid of 256 with signs of even number; eight blocks of 32 with a 4-bit scale each, under
 * one f16.
 *
 *   block: 256 weights in 66 bytes
 *   +-----------+------------+
 *   | d         | qs         |
 *   | f16       | 32 x u16   |
 *   | bytes 0-1 | bytes 2-65 |
 *   +-----------+------------+
 *
 * Words 4 b to 4 b + 3 hold block b = i/32 with its eights g = (i%32)/8:
 *   grid index:  byte g of the first two words
 *   signs:       bits 7 g to 7 g + 6 of the last two words, read as 32 bits; the eighth makes their number even
 *   scale s:     bits 28-31 of the same 32 bits
 * Restore: x = d * (2 s + 1) / 8 * point[i%8], minus where bit i%8 of the signs is set.
 */
import { IQ2_XXS_GRID } from '../codebooks/grids';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readBits32, readF16, u8At, writeBits32, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { restoreEight } from '../packing/restore-grid';
import { evenSigns } from '../packing/signs';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 66;
const QS = 2;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.from(IQ2_XXS_GRID.levels),
  grid: { dimensions: 8, points: IQ2_XXS_GRID.points, signs: 'even' },
  shifts: [0],
  multipliers: { least: 1, greatest: 31, step: 2 },
  probes: [44, 38, 33, 50],
  evenParity: false,
  growth: 0,
  store: (superScale) => storeAsF16(superScale * 8) / 8,
  smallestSuperScale: SMALLEST_F16 / 8,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 64, as: 'u16' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let b = 0; b < 8; b++) {
      const words = block + QS + 8 * b;
      const high = readBits32(bytes, words + 4);
      const scale = (d * (2 * (high >>> 28) + 1)) / 8;
      for (let g = 0; g < 4; g++) {
        const signs = evenSigns((high >>> (7 * g)) & 127);
        restoreEight(IQ2_XXS_GRID.points, u8At(bytes, words + g), scale, signs, out, start + 32 * b + 8 * g);
      }
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    const { points, signs, multipliers } = search;
    writeF16(out, block, 8 * search.superScale);
    for (let b = 0; b < 8; b++) {
      const words = block + QS + 8 * b;
      let high = (i16At(multipliers, b) >> 1) << 28;
      for (let g = 0; g < 4; g++) {
        out[words + g] = points[32 * b + 8 * g] ?? 0;
        high |= (u8At(signs, 4 * b + g) & 127) << (7 * g);
      }
      writeBits32(out, words + 4, high);
    }
  }
}

export default defineFormat({
  name: 'iq2_xxs',
  id: 16,
  family: 'iq',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: (MAX_F16 * 31 * 25) / 8,
  importance: 'required',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
