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
import { readF16, readU16, u8At } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { restoreEight } from '../packing/restore-grid';
import { evenSigns } from '../packing/signs';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 74;
const QS = 2;
const SCALES = 66;

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
  search: undefined,
  decodeRow,
  encodeRow: undefined,
});
