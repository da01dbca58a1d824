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
import { readU16, u8At, valueAt } from '../numeric/bytes';
import { f16ToF32, MAX_F16 } from '../numeric/f16';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 56;
const QS = 0;
const QH = 32;
const SCALES = 48;
/** How far weights are moved. */
const DELTA = 1 / 8;

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

export default defineFormat({
  name: 'iq1_m',
  id: 29,
  family: 'iq',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 15 * 0.875,
  importance: 'required',
  layout,
  search: undefined,
  decodeRow,
  encodeRow: undefined,
});
