/*
 * iq1_s_r4: four rows interleaved, of weights in eights, each a point of the grid of iq1_s; blocks of 32 with a 3-bit scale and a choice of
 * direction each, in which all weights are moved by an eighth, under one f16 per row.
 *
 *   row prefix: 8 bytes for 4 rows
 *   +-----------+
 *   | d         |
 *   | 4 x f16   |
 *   | bytes 0-7 |
 *   +-----------+
 *   block: 4 rows of 32 weights in 24 bytes
 *   +------------+-------------+
 *   | qs         | qh          |
 *   | 16 x u8    | 4 x u16     |
 *   | bytes 0-15 | bytes 16-23 |
 *   +------------+-------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Single rows of this kind, which are no type of files, have a block of four qs and one qh; eights g of
 * it:
 *   grid index:  low eight bits are qs[g]; high three are bits 3 g to 3 g + 2 of qh
 *   scale s:     bits 12-14 of qh
 *   direction:   bit 15 of qh: 0 by 1/8, 1 by -1/8
 * Restore: x = d * (2 s + 1) * (point[i%8] + direction).
 */
import { IQ1_GRID } from '../codebooks/grids';
import { defineFormat, type FormatDefinition } from '../format';
import { defineInterleaved } from '../interleave/define';
import { i16At, readF16, readU16, u8At, valueAt, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 6;
const ROW_PREFIX_BYTES = 2;
const QH = 4;
/** How far weights are moved. */
const DELTA = 1 / 8;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: BLOCK_LENGTH,
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
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f16' }],
  block: [
    { name: 'qs', offsetBytes: 0, lengthBytes: 4, as: 'u8' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 2, as: 'u16' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF16(bytes, 0);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < out.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    const word = readU16(bytes, block + QH);
    const scale = Math.fround(d * (2 * ((word >> 12) & 7) + 1));
    const delta = word >> 15 === 0 ? DELTA : -DELTA;
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const g = i >> 3;
      const index = u8At(bytes, block + g) | (((word >> (3 * g)) & 7) << 8);
      out[start + i] = scale * (valueAt(IQ1_GRID.points, 8 * index + (i & 7)) + delta);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  search.encode(weights, importance, 0, weights.length);
  const { points, multipliers, variants } = search;
  writeF16(out, 0, search.superScale);
  for (let b = 0; b < weights.length / BLOCK_LENGTH; b++) {
    const block = ROW_PREFIX_BYTES + BYTES_PER_BLOCK * b;
    let word = ((i16At(multipliers, b) >> 1) << 12) | (u8At(variants, b) << 15);
    for (let g = 0; g < 4; g++) {
      const index = points[32 * b + 8 * g] ?? 0;
      out[block + g] = index;
      word |= (index >> 8) << (3 * g);
    }
    writeU16(out, block + QH, word);
  }
}

const NAME = 'iq1_s_r4';
const ID = 219;

const single = defineFormat({
  name: NAME,
  id: ID,
  family: 'iq',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  largestWeight: MAX_F16 * 15 * 1.125,
  importance: 'required',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});

export default defineInterleaved({
  name: NAME,
  id: ID,
  rows: 4,
  single,
  parent: 'iq1_s',
  isRepackTarget: false,
  layout: {
    rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' }],
    block: [
      { name: 'qs', offsetBytes: 0, lengthBytes: 16, as: 'u8' },
      { name: 'qh', offsetBytes: 16, lengthBytes: 8, as: 'u16' },
    ],
  },
  prefixMoves: ['d: b16 -> d: r b'],
  moves: ['qs: g4 b8 -> qs: g r b', 'qh: b16 -> qh: r b'],
});
