/*
 * q6_k_r4: 4 rows of q6_K interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 840 bytes
 *   +-----------+------------+--------------+----------------+
 *   | d         | scales     | qh           | ql             |
 *   | 4 x f16   | 64 x i8    | 1024 x bits2 | 1024 x nibbles |
 *   | bytes 0-7 | bytes 8-71 | bytes 72-327 | bytes 328-839  |
 *   +-----------+------------+--------------+----------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as q6_K.
 */
import { defineInterleaved } from '../interleave/define';
import q6_K from './q6_K';

export default defineInterleaved({
  name: 'q6_k_r4',
  id: 214,
  rows: 4,
  single: q6_K,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'scales', offsetBytes: 8, lengthBytes: 64, as: 'i8' },
      { name: 'qh', offsetBytes: 72, lengthBytes: 256, as: 'bits2' },
      { name: 'ql', offsetBytes: 328, lengthBytes: 512, as: 'nibbles' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'scales: k16 b8 -> scales: k r b',
    'qh: g2 s2 p2 q2 i4 m2 a2 b2 -> qh: g m a s r i q p b',
    'ql: g2 a2 s2 p2 q2 i4 m2 b4 -> ql: g m a q s r i p b',
  ],
});
