/*
 * iq3_kt: 256 weights in eights, each the magnitudes of the eight numbers that follow a state of 16 bits in a generator
 * (packing/trellis.ts), with a sign for each weight; eight blocks of 32 with a 4-bit scale each, under one f32 per row.
 *
 *   row prefix: 4 bytes
 *   +-----------+
 *   | d         |
 *   | f32       |
 *   | bytes 0-3 |
 *   +-----------+
 *   block: 256 weights in 100 bytes
 *   +-------------+------------+-------------+
 *   | scales      | ql         | qh          |
 *   | 8 x nibbles | 32 x u16   | 256 x bits1 |
 *   | bytes 0-3   | bytes 4-67 | bytes 68-99 |
 *   +-------------+------------+-------------+
 *
 * Weight i, in block b = i/32:
 *   state:  ql[i/8]
 *   sign:   bit b of qh[i%32]: 1 for minus
 *   scale:  bits 0-3 (b < 4) or 4-7 (b >= 4) of scales[b%4]
 * Restore: x = d * scale * |number[i%8] of state + 4096|, minus where the sign is set, rounded to f32 after the first product and after the
 * second.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, readF32, readU16, u8At } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { restoreTrellis } from '../packing/trellis';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 100;
const ROW_PREFIX_BYTES = 4;
const QL = 4;
const QH = 68;
/** Added to an index, it is the state that a group of weights follows from. */
const FIRST_STATE = 4096;

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f32' }],
  block: [
    { name: 'scales', offsetBytes: 0, lengthBytes: 4, as: 'nibbles' },
    { name: 'ql', offsetBytes: QL, lengthBytes: 64, as: 'u16' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 32, as: 'bits1' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF32(bytes, 0);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < out.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    for (let g = 0; g < 32; g++) {
      const b = g >> 2;
      const scale = Math.fround(d * ((u8At(bytes, block + (b & 3)) >> (4 * (b >> 2))) & 15));
      restoreTrellis(readU16(bytes, block + QL + 2 * g) + FIRST_STATE, scale, out, start + 8 * g, 8);
    }
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const magnitude = Math.abs(f32At(out, start + i));
      const isNegative = ((u8At(bytes, block + QH + (i & 31)) >> (i >> 5)) & 1) === 1;
      out[start + i] = isNegative ? -magnitude : magnitude;
    }
  }
}

export default defineFormat({
  name: 'iq3_kt',
  id: 154,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  largestWeight: MAX_F32,
  importance: 'optional',
  layout,
  search: undefined,
  decodeRow,
  encodeRow: undefined,
});
