/*
 * iq3_k_r4: 4 rows of iq3_k interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 440 bytes
 *   +-----------+------------+-------------+--------------+--------------+---------------+
 *   | d         | extra      | scales_h    | scales_l     | qs           | qh            |
 *   | 4 x f16   | 64 x bits1 | 64 x bits1  | 64 x nibbles | 1024 x bits2 | 1024 x bits1  |
 *   | bytes 0-7 | bytes 8-15 | bytes 16-23 | bytes 24-55  | bytes 56-311 | bytes 312-439 |
 *   +-----------+------------+-------------+--------------+--------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq3_k.
 */
import { defineInterleaved } from '../interleave/define';
import iq3_k from './iq3_k';

export default defineInterleaved({
  name: 'iq3_k_r4',
  id: 338,
  rows: 4,
  single: iq3_k,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'extra', offsetBytes: 8, lengthBytes: 8, as: 'bits1' },
      { name: 'scales_h', offsetBytes: 16, lengthBytes: 8, as: 'bits1' },
      { name: 'scales_l', offsetBytes: 24, lengthBytes: 32, as: 'nibbles' },
      { name: 'qs', offsetBytes: 56, lengthBytes: 256, as: 'bits2' },
      { name: 'qh', offsetBytes: 312, lengthBytes: 128, as: 'bits1' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'extra: k8 e2 -> extra: e r k',
    'scales_h: k8 e2 -> scales_h: e r k',
    'scales_l: h2 c4 e2 b4 -> scales_l: c e r h b',
    'qs: g2 s2 t4 i4 j4 b2 -> qs: g j s r i t b',
    'qh: s2 t4 i4 g2 j4 -> qh: g j r i s t',
  ],
});
