/*
 * iq5_ks_r4: 4 rows of iq5_ks interleaved, so that one load of a processor has weights of all of them.
 *
 *   row prefix: 16 bytes for 4 rows
 *   +------------+
 *   | d          |
 *   | 4 x f32    |
 *   | bytes 0-15 |
 *   +------------+
 *   block: 4 rows of 256 weights in 672 bytes
 *   +------------+----------------+---------------+
 *   | scales     | qs             | qh            |
 *   | 32 x u8    | 1024 x nibbles | 1024 x bits1  |
 *   | bytes 0-31 | bytes 32-543   | bytes 544-671 |
 *   +------------+----------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq5_ks.
 */
import { defineInterleaved } from '../interleave/define';
import iq5_ks from './iq5_ks';

export default defineInterleaved({
  name: 'iq5_ks_r4',
  id: 352,
  rows: 4,
  single: iq5_ks,
  isRepackTarget: true,
  layout: {
    rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: 16, as: 'f32' }],
    block: [
      { name: 'scales', offsetBytes: 0, lengthBytes: 32, as: 'u8' },
      { name: 'qs', offsetBytes: 32, lengthBytes: 512, as: 'nibbles' },
      { name: 'qh', offsetBytes: 544, lengthBytes: 128, as: 'bits1' },
    ],
  },
  prefixMoves: ['d: b32 -> d: r b'],
  moves: [
    'scales: k8 b8 -> scales: k r b',
    'qs: g4 s2 p2 q2 i4 n2 b4 -> qs: g n q s r i p b',
    'qh: s2 p2 q2 i4 g4 n2 -> qh: g n r i q s p',
  ],
});
