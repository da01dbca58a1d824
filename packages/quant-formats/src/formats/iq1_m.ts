/*
 * iq1_m: 256 weights in eights, each a point of the grid of iq1_s with a direction of its own, in which its weights are moved by an
 * eighth; sixteen blocks of 16 with a 3-bit scale each, under one f16 that lies scattered among them.
 *
 *   block: 256 weights in 56 bytes
 *   +------------+--------------+-------------+
 *   | qs         | qh           | scales      |
 *   | 32 x u8    | 32 x nibbles | 4 x u16     |
 *   | bytes 0-31 | bytes 32-47  | bytes 48-55 |
 *   +------------+--------------+-------------+
 *
 * Eight g = i/8, in block b = i/16:
 *   grid index:  low eight bits are qs[g]; high three are bits 0-2 (g even) or 4-6 (g odd) of qh[g/2]
 *   direction:   bit 3 (g even) or 7 (g odd) of qh[g/2]: 0 by 1/8, 1 by -1/8
 *   scale s:     bits 3 (b%4) to 3 (b%4) + 2 of scales[b/4]
 *   d:           bits 4 k to 4 k + 3 of the f16 are bits 12-15 of scales[k]
 * Restore: x = d * (2 s + 1) * (point[i%8] + direction).
 */
import { IQ1_GRID } from '../codebooks/grids';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readU16, u8At, valueAt, writeU16 } from '../numeric/bytes';
import { f16ToF32, f32ToFiniteF16, MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 56;
const QS = 0;
const QH = 32;
const SCALES = 48;
/** How far weights are moved. */
const DELTA = 1 / 8;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: Float32Array.from(IQ1_GRID.levels),
  grid: { dimensions: 8, points: IQ1_GRID.points, signs: 'none', moves: [DELTA, -DELTA] },
  shifts: [0],
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
    { name: 'qs', offsetBytes: QS, lengthBytes: 32, as: 'u8' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 16, as: 'nibbles' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 8, as: 'u16' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readScattered(bytes, block);
    for (let g = 0; g < 32; g++) {
      const high = u8At(bytes, block + QH + (g >> 1)) >> (4 * (g & 1));
      const b = g >> 1;
      const s = (readU16(bytes, block + SCALES + 2 * (b >> 2)) >> (3 * (b & 3))) & 7;
      const index = u8At(bytes, block + QS + g) | ((high & 7) << 8);
      restoreMoved(index, (high & 8) === 0 ? DELTA : -DELTA, d * (2 * s + 1), out, start + 8 * g);
    }
  }
}

/** The f16 whose four nibbles are the highest ones of the four scale words. */
function readScattered(bytes: Uint8Array, block: number): number {
  let half = 0;
  for (let k = 0; k < 4; k++) half |= (readU16(bytes, block + SCALES + 2 * k) >> 12) << (4 * k);
  return f16ToF32(half);
}

/** A point of the grid, moved by `delta`, times `scale`. */
function restoreMoved(index: number, delta: number, scale: number, out: Float32Array, start: number): void {
  for (let j = 0; j < 8; j++) out[start + j] = scale * (valueAt(IQ1_GRID.points, 8 * index + j) + delta);
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    for (let g = 0; g < 32; g++) {
      const index = search.points[8 * g] ?? 0;
      const high = block + QH + (g >> 1);
      out[block + QS + g] = index;
      out[high] = u8At(out, high) | (((index >> 8) | (u8At(search.moves, 8 * g) << 3)) << (4 * (g & 1)));
    }
    writeScales(out, block);
  }
}

/** The found scales of sixteen blocks, and above them the nibbles of the super scale. */
function writeScales(out: Uint8Array, block: number): void {
  const half = f32ToFiniteF16(search.superScale);
  for (let k = 0; k < 4; k++) {
    let word = ((half >> (4 * k)) & 15) << 12;
    for (let b = 0; b < 4; b++) word |= (i16At(search.multipliers, 4 * k + b) >> 1) << (3 * b);
    writeU16(out, block + SCALES + 2 * k, word);
  }
}

export default defineFormat({
  name: 'iq1_m',
  id: 29,
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
