/*
 * q5_0_r4: 4 rows of q5_0 interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 32 weights in 88 bytes
 *   +-----------+-------------+---------------+
 *   | d         | qh          | qs            |
 *   | 4 x f16   | 128 x bits1 | 128 x nibbles |
 *   | bytes 0-7 | bytes 8-23  | bytes 24-87   |
 *   +-----------+-------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as q5_0.
 */
import { defineInterleaved } from '../interleave/define';
import q5_0 from './q5_0';

export default defineInterleaved({
  name: 'q5_0_r4',
  id: 206,
  rows: 4,
  single: q5_0,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'qh', offsetBytes: 8, lengthBytes: 16, as: 'bits1' },
      { name: 'qs', offsetBytes: 24, lengthBytes: 64, as: 'nibbles' },
    ],
  },
  moves: ['d: b16 -> d: r b', 'qh: n2 p2 q2 i4 -> qh: r i p q n', 'qs: p2 q2 i4 n2 b4 -> qs: q n r i p b'],
});
