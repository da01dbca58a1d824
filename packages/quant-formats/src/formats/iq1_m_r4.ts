/*
 * iq1_m_r4: four rows interleaved, of weights in eights, each a point of the grid of iq1_s with a direction of its own, in which its weights are moved
 * by an eighth; blocks of 16 with a 4-bit scale each, under one f16 per row.
 *
 *   row prefix: 8 bytes for 4 rows
 *   +-----------+
 *   | d         |
 *   | 4 x f16   |
 *   | bytes 0-7 |
 *   +-----------+
 *   block: 4 rows of 32 weights in 28 bytes
 *   +------------+--------------+-------------+
 *   | qs         | qh           | scales      |
 *   | 16 x u8    | 16 x nibbles | 8 x nibbles |
 *   | bytes 0-15 | bytes 16-23  | bytes 24-27 |
 *   +------------+--------------+-------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Single rows of this kind, which are no type of files, have a block of four qs, two qh and one byte
 * of scales; eights g of it:
 *   grid index:  low eight bits are qs[g]; high three are bits 0-2 (g even) or 4-6 (g odd) of qh[g/2]
 *   direction:   bit 3 (g even) or 7 (g odd) of qh[g/2]: 0 by 1/8, 1 by -1/8
 *   scale s:     bits 0-3 (g < 2) or 4-7 (g >= 2) of scales
 * Restore: x = d * s * (point[i%8] + direction).
 */
import { IQ1_GRID } from '../codebooks/grids';
import { defineFormat, type FormatDefinition } from '../format';
import { defineInterleaved } from '../interleave/define';
import { i16At, readF16, u8At, valueAt, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 7;
const ROW_PREFIX_BYTES = 2;
const QH = 4;
const SCALES = 6;
/** How far weights are moved. */
const DELTA = 1 / 8;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: Float32Array.from(IQ1_GRID.levels),
  grid: { dimensions: 8, points: IQ1_GRID.points, signs: 'none', moves: [DELTA, -DELTA] },
  shifts: [0],
  multipliers: { least: 1, greatest: 15, step: 1 },
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
    { name: 'qh', offsetBytes: QH, lengthBytes: 2, as: 'nibbles' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 1, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF16(bytes, 0);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < out.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const g = i >> 3;
      const scale = Math.fround(d * ((u8At(bytes, block + SCALES) >> (4 * (g >> 1))) & 15));
      const high = (u8At(bytes, block + QH + (g >> 1)) >> (4 * (g & 1))) & 15;
      const point = valueAt(IQ1_GRID.points, 8 * (u8At(bytes, block + g) | ((high & 7) << 8)) + (i & 7));
      out[start + i] = scale * (point + ((high & 8) === 0 ? DELTA : -DELTA));
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  search.encode(weights, importance, 0, weights.length);
  const { points, moves, multipliers } = search;
  writeF16(out, 0, search.superScale);
  for (let b = 0; b < weights.length / BLOCK_LENGTH; b++) {
    const block = ROW_PREFIX_BYTES + BYTES_PER_BLOCK * b;
    const highs = [0, 1, 2, 3].map((g) => {
      const index = points[32 * b + 8 * g] ?? 0;
      out[block + g] = index;
      return (index >> 8) | (u8At(moves, 32 * b + 8 * g) << 3);
    });
    const [first = 0, second = 0, third = 0, fourth = 0] = highs;
    out[block + QH] = first | (second << 4);
    out[block + QH + 1] = third | (fourth << 4);
    out[block + SCALES] = i16At(multipliers, 2 * b) | (i16At(multipliers, 2 * b + 1) << 4);
  }
}

const NAME = 'iq1_m_r4';
const ID = 229;

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
  parent: 'iq1_m',
  isRepackTarget: false,
  layout: {
    rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' }],
    block: [
      { name: 'qs', offsetBytes: 0, lengthBytes: 16, as: 'u8' },
      { name: 'qh', offsetBytes: 16, lengthBytes: 8, as: 'nibbles' },
      { name: 'scales', offsetBytes: 24, lengthBytes: 4, as: 'nibbles' },
    ],
  },
  prefixMoves: ['d: b16 -> d: r b'],
  moves: ['qs: i2 e2 b8 -> qs: i e r b', 'qh: i2 b8 -> qh: i r b', 'scales: b8 -> scales: r b'],
});
