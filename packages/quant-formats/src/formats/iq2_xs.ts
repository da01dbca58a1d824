/*
 * iq2_xs: 256 weights in eights, each a point of a grid of 512 with signs of even number; sixteen blocks of 16 with a 4-bit scale each,
 * under one f16.
 *
 *   block: 256 weights in 74 bytes
 *   +-----------+------------+--------------+
 *   | d         | qs         | scales       |
 *   | f16       | 32 x u16   | 16 x nibbles |
 *   | bytes 0-1 | bytes 2-65 | bytes 66-73  |
 *   +-----------+------------+--------------+
 *
 * Eight g = i/8, in block b = i/16:
 *   grid index:  bits 0-8 of qs[g]
 *   signs:       bits 9-15 of qs[g]; the eighth makes their number even
 *   scale s:     bits 0-3 (b even) or 4-7 (b odd) of scales[b/2]
 * Restore: x = d * (2 s + 1) / 8 * point[i%8], minus where bit i%8 of the signs is set.
 */
import { IQ2_XS_GRID } from '../codebooks/grids';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, readU16, u8At, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { restoreEight } from '../packing/restore-grid';
import { evenSigns } from '../packing/signs';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 74;
const QS = 2;
const SCALES = 66;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: Float32Array.from(IQ2_XS_GRID.levels),
  grid: { dimensions: 8, points: IQ2_XS_GRID.points, signs: 'even' },
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
    { name: 'qs', offsetBytes: QS, lengthBytes: 64, as: 'u16' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 8, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let g = 0; g < 32; g++) {
      const word = readU16(bytes, block + QS + 2 * g);
      const s = (u8At(bytes, block + SCALES + (g >> 2)) >> (4 * ((g >> 1) & 1))) & 15;
      const scale = (d * (2 * s + 1)) / 8;
      restoreEight(IQ2_XS_GRID.points, word & 511, scale, evenSigns(word >> 9), out, start + 8 * g);
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
      writeU16(out, block + QS + 2 * g, (points[8 * g] ?? 0) | ((u8At(signs, g) & 127) << 9));
    }
    for (let b = 0; b < 16; b += 2) {
      out[block + SCALES + (b >> 1)] = (i16At(multipliers, b) >> 1) | ((i16At(multipliers, b + 1) >> 1) << 4);
    }
  }
}

export default defineFormat({
  name: 'iq2_xs',
  id: 17,
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
