/*
 * iq5_k_r4: 4 rows of iq5_k interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 704 bytes
 *   +-----------+------------+-------------+--------------+----------------+---------------+
 *   | d         | extra      | scales_h    | scales_l     | qs             | qh            |
 *   | 4 x f16   | 64 x bits1 | 64 x bits2  | 64 x nibbles | 1024 x nibbles | 1024 x bits1  |
 *   | bytes 0-7 | bytes 8-15 | bytes 16-31 | bytes 32-63  | bytes 64-575   | bytes 576-703 |
 *   +-----------+------------+-------------+--------------+----------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq5_k.
 */
import { defineInterleaved } from '../interleave/define';
import iq5_k from './iq5_k';

export default defineInterleaved({
  name: 'iq5_k_r4',
  id: 340,
  rows: 4,
  single: iq5_k,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'extra', offsetBytes: 8, lengthBytes: 8, as: 'bits1' },
      { name: 'scales_h', offsetBytes: 16, lengthBytes: 16, as: 'bits2' },
      { name: 'scales_l', offsetBytes: 32, lengthBytes: 32, as: 'nibbles' },
      { name: 'qs', offsetBytes: 64, lengthBytes: 512, as: 'nibbles' },
      { name: 'qh', offsetBytes: 576, lengthBytes: 128, as: 'bits1' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'extra: k8 e2 -> extra: e r k',
    'scales_h: h4 c2 e2 b2 -> scales_h: c e r h b',
    'scales_l: h2 c4 e2 b4 -> scales_l: c e r h b',
    'qs: g4 s2 p2 q2 i4 n2 b4 -> qs: g n q s r i p b',
    'qh: s2 p2 q2 i4 g4 n2 -> qh: g n r i q s p',
  ],
});
