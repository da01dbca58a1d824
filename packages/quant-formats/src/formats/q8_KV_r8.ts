/*
 * q8_KV_r8: eight rows of q8_KV interleaved, so that one load of a processor has weights of all of them. The sums of rows are left out.
 *
 *   row prefix: 32 bytes for 8 rows
 *   +------------+
 *   | d          |
 *   | 8 x f32    |
 *   | bytes 0-31 |
 *   +------------+
 *   block: 8 rows of 32 weights in 256 bytes
 *   +-------------+
 *   | qs          |
 *   | 256 x i8    |
 *   | bytes 0-255 |
 *   +-------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as q8_KV.
 */
import { defineInterleaved } from '../interleave/define';
import { i8At, writeBits32 } from '../numeric/bytes';
import q8_KV from './q8_KV';

/** Where q8_KV has the sum of the codes of a row, and its first code. */
const SUM = 4;
const QS = 8;

export default defineInterleaved({
  name: 'q8_KV_r8',
  id: 398,
  rows: 8,
  single: q8_KV,
  isRepackTarget: true,
  layout: {
    rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: 32, as: 'f32' }],
    block: [{ name: 'qs', offsetBytes: 0, lengthBytes: 256, as: 'i8' }],
  },
  prefixMoves: ['d: b32 -> d: r b'],
  moves: ['qs: l8 i4 b8 -> qs: l r i b'],
  complete(single) {
    let sum = 0;
    for (let at = QS; at < single.length; at++) sum += i8At(single, at);
    writeBits32(single, SUM, sum);
  },
});
