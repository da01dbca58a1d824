/*
 * q2_k_r4: 4 rows of q2_K interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 336 bytes
 *   +------------+-------------+--------------+
 *   | d          | scales      | qs           |
 *   | 8 x f16    | 64 x u8     | 1024 x bits2 |
 *   | bytes 0-15 | bytes 16-79 | bytes 80-335 |
 *   +------------+-------------+--------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as q2_K.
 */
import { defineInterleaved } from '../interleave/define';
import q2_K from './q2_K';

export default defineInterleaved({
  name: 'q2_k_r4',
  id: 210,
  rows: 4,
  single: q2_K,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 16, as: 'f16' },
      { name: 'scales', offsetBytes: 16, lengthBytes: 64, as: 'u8' },
      { name: 'qs', offsetBytes: 80, lengthBytes: 256, as: 'bits2' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'dmin: b16 -> d: @64 r b',
    'scales: k16 b8 -> scales: k r b',
    'qs: g2 s2 t4 i4 j4 b2 -> qs: g j s r i t b',
  ],
});
