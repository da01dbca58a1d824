/*
 * q3_k_r4: 4 rows of q3_K interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 440 bytes
 *   +-----------+------------+--------------+--------------+---------------+
 *   | d         | scales_h   | scales_l     | qh           | qs            |
 *   | 4 x f16   | 64 x bits2 | 64 x nibbles | 1024 x bits1 | 1024 x bits2  |
 *   | bytes 0-7 | bytes 8-23 | bytes 24-55  | bytes 56-183 | bytes 184-439 |
 *   +-----------+------------+--------------+--------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as q3_K.
 */
import { defineInterleaved } from '../interleave/define';
import q3_K from './q3_K';

export default defineInterleaved({
  name: 'q3_k_r4',
  id: 211,
  rows: 4,
  single: q3_K,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'scales_h', offsetBytes: 8, lengthBytes: 16, as: 'bits2' },
      { name: 'scales_l', offsetBytes: 24, lengthBytes: 32, as: 'nibbles' },
      { name: 'qh', offsetBytes: 56, lengthBytes: 128, as: 'bits1' },
      { name: 'qs', offsetBytes: 184, lengthBytes: 256, as: 'bits2' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'scales: @64 c4 g2 h2 b2 -> scales_h: c r g h b',
    'scales: h2 c4 g2 b4 -> scales_l: h c r g b',
    'hmask: s2 t4 i4 g2 j4 -> qh: g j r i s t',
    'qs: g2 s2 t4 i4 j4 b2 -> qs: g j s r i t b',
  ],
});
