/*
 * q6_0_r4: 4 rows of q6_0 interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 32 weights in 104 bytes
 *   +-----------+-------------+---------------+
 *   | d         | qh          | qs            |
 *   | 4 x f16   | 128 x bits2 | 128 x nibbles |
 *   | bytes 0-7 | bytes 8-39  | bytes 40-103  |
 *   +-----------+-------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as q6_0.
 */
import { defineInterleaved } from '../interleave/define';
import q6_0 from './q6_0';

export default defineInterleaved({
  name: 'q6_0_r4',
  id: 233,
  rows: 4,
  single: q6_0,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'qh', offsetBytes: 8, lengthBytes: 32, as: 'bits2' },
      { name: 'qs', offsetBytes: 40, lengthBytes: 64, as: 'nibbles' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'qh: q2 i4 p2 n2 b2 -> qh: n r i p q b',
    'qs: p2 q2 i4 n2 b4 -> qs: q n r i p b',
  ],
});
