/*
 * iq2_bn_r4: 4 rows of iq2_bn interleaved, so that one load of a processor has weights of all of them.
 *
 *   row prefix: 16 bytes for 4 rows
 *   +------------+
 *   | d          |
 *   | 4 x f32    |
 *   | bytes 0-15 |
 *   +------------+
 *   block: 4 rows of 64 weights in 64 bytes
 *   +-------------+
 *   | qs          |
 *   | 256 x bits2 |
 *   | bytes 0-63  |
 *   +-------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq2_bn.
 */
import { defineInterleaved } from '../interleave/define';
import iq2_bn from './iq2_bn';

export default defineInterleaved({
  name: 'iq2_bn_r4',
  id: 335,
  rows: 4,
  single: iq2_bn,
  isRepackTarget: true,
  layout: {
    rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: 16, as: 'f32' }],
    block: [{ name: 'qs', offsetBytes: 0, lengthBytes: 64, as: 'bits2' }],
  },
  prefixMoves: ['d: b32 -> d: r b'],
  moves: ['qs: t4 i4 l4 b2 -> qs: l r i t b'],
});
