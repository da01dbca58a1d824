/*
 * iq4_ks_r4: 4 rows of iq4_ks interleaved, so that one load of a processor has weights of all of them.
 *
 *   row prefix: 16 bytes for 4 rows
 *   +------------+
 *   | d          |
 *   | 4 x f32    |
 *   | bytes 0-15 |
 *   +------------+
 *   block: 4 rows of 256 weights in 544 bytes
 *   +------------+----------------+
 *   | scales     | qs             |
 *   | 32 x u8    | 1024 x nibbles |
 *   | bytes 0-31 | bytes 32-543   |
 *   +------------+----------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq4_ks.
 */
import { defineInterleaved } from '../interleave/define';
import iq4_ks from './iq4_ks';

export default defineInterleaved({
  name: 'iq4_ks_r4',
  id: 344,
  rows: 4,
  single: iq4_ks,
  isRepackTarget: true,
  layout: {
    rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: 16, as: 'f32' }],
    block: [
      { name: 'scales', offsetBytes: 0, lengthBytes: 32, as: 'u8' },
      { name: 'qs', offsetBytes: 32, lengthBytes: 512, as: 'nibbles' },
    ],
  },
  prefixMoves: ['d: b32 -> d: r b'],
  moves: ['scales: k8 b8 -> scales: k r b', 'qs: k8 p2 q2 i4 n2 b4 -> qs: k q n r i p b'],
});
