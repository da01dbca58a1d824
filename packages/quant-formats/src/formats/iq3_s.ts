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
import { readF16, u8At } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { restoreFour } from '../packing/restore-grid';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 110;
const QS = 2;
const QH = 66;
const SIGNS = 74;
const SCALES = 106;

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

export default defineFormat({
  name: 'iq3_s',
  id: 21,
  family: 'iq',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 31 * 15,
  importance: 'optional',
  layout,
  search: undefined,
  decodeRow,
  encodeRow: undefined,
});
