/*
 * iq1_s: 256 weights in eights, each a point of a grid of 2048 of minus ones, zeros and ones; eight blocks of 32 with a 3-bit scale and a
 * choice of direction each, in which all weights are moved by an eighth, under one f16.
 *
 *   block: 256 weights in 50 bytes
 *   +-----------+------------+-------------+
 *   | d         | qs         | qh          |
 *   | f16       | 32 x u8    | 8 x u16     |
 *   | bytes 0-1 | bytes 2-33 | bytes 34-49 |
 *   +-----------+------------+-------------+
 *
 * Weight i, in block b = i/32 with its eights g = (i%32)/8:
 *   grid index:  low eight bits are qs[i/8]; high three are bits 3 g to 3 g + 2 of qh[b]
 *   scale s:     bits 12-14 of qh[b]
 *   direction:   bit 15 of qh[b]: 0 by 1/8, 1 by -1/8
 * Restore: x = d * (2 s + 1) * (point[i%8] + direction).
 */
import { IQ1_GRID } from '../codebooks/grids';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, readU16, u8At, valueAt, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 50;
const QS = 2;
const QH = 34;
/** How far weights are moved. */
const DELTA = 1 / 8;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.from(IQ1_GRID.levels),
  grid: { dimensions: 8, points: IQ1_GRID.points, signs: 'none' },
  shifts: [DELTA, -DELTA],
  multipliers: { least: 1, greatest: 15, step: 2 },
  probes: [1.2, 1, 0.8, 1.5, 2],
  evenParity: false,
  growth: 0,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 32, as: 'u8' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 16, as: 'u16' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let b = 0; b < 8; b++) {
      const word = readU16(bytes, block + QH + 2 * b);
      const scale = d * (2 * ((word >> 12) & 7) + 1);
      const delta = word >> 15 === 0 ? DELTA : -DELTA;
      for (let g = 0; g < 4; g++) {
        const index = u8At(bytes, block + QS + 4 * b + g) | (((word >> (3 * g)) & 7) << 8);
        restoreMoved(index, delta, scale, out, start + 32 * b + 8 * g);
      }
    }
  }
}

/** A point of the grid, moved by `delta`, times `scale`. */
function restoreMoved(index: number, delta: number, scale: number, out: Float32Array, start: number): void {
  for (let j = 0; j < 8; j++) out[start + j] = scale * (valueAt(IQ1_GRID.points, 8 * index + j) + delta);
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    const { points, multipliers, variants } = search;
    writeF16(out, block, search.superScale);
    for (let b = 0; b < 8; b++) {
      let word = ((i16At(multipliers, b) >> 1) << 12) | (u8At(variants, b) << 15);
      for (let g = 0; g < 4; g++) {
        const index = points[32 * b + 8 * g] ?? 0;
        out[block + QS + 4 * b + g] = index;
        word |= (index >> 8) << (3 * g);
      }
      writeU16(out, block + QH + 2 * b, word);
    }
  }
}

export default defineFormat({
  name: 'iq1_s',
  id: 19,
  family: 'iq',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 15 * 1.125,
  importance: 'required',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
