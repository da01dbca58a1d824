/*
 * q4_k_r4: 4 rows of q4_K interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 576 bytes
 *   +------------+-------------+--------------+----------------+
 *   | d          | scales_h    | scales_l     | qs             |
 *   | 8 x f16    | 64 x bits2  | 64 x nibbles | 1024 x nibbles |
 *   | bytes 0-15 | bytes 16-31 | bytes 32-63  | bytes 64-575   |
 *   +------------+-------------+--------------+----------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as q4_K.
 */
import { defineInterleaved } from '../interleave/define';
import q4_K from './q4_K';

export default defineInterleaved({
  name: 'q4_k_r4',
  id: 212,
  rows: 4,
  single: q4_K,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 16, as: 'f16' },
      { name: 'scales_h', offsetBytes: 16, lengthBytes: 16, as: 'bits2' },
      { name: 'scales_l', offsetBytes: 32, lengthBytes: 32, as: 'nibbles' },
      { name: 'qs', offsetBytes: 64, lengthBytes: 512, as: 'nibbles' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'dmin: b16 -> d: @64 r b',
    'scales: @4 v2 c4*8 g2 b2 -> scales_h: c r g v b',
    'scales: v2 c4*8 b4 -> scales_l: c r v b',
    'scales: @64 c4 v2 b4 -> scales_l: @128 c r v b',
    'qs: g4 s2 p2 q2 i4 n2 b4 -> qs: g n q s r i p b',
  ],
});
