/*
 * iq2_k_r4: 4 rows of iq2_k interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 304 bytes
 *   +-----------+------------+--------------+--------------+
 *   | d         | extra      | scales       | qs           |
 *   | 4 x f16   | 64 x bits1 | 64 x nibbles | 1024 x bits2 |
 *   | bytes 0-7 | bytes 8-15 | bytes 16-47  | bytes 48-303 |
 *   +-----------+------------+--------------+--------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq2_k.
 */
import { defineInterleaved } from '../interleave/define';
import iq2_k from './iq2_k';

export default defineInterleaved({
  name: 'iq2_k_r4',
  id: 337,
  rows: 4,
  single: iq2_k,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'extra', offsetBytes: 8, lengthBytes: 8, as: 'bits1' },
      { name: 'scales', offsetBytes: 16, lengthBytes: 32, as: 'nibbles' },
      { name: 'qs', offsetBytes: 48, lengthBytes: 256, as: 'bits2' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'extra: k8 e2 -> extra: e r k',
    'scales: h2 c4 e2 b4 -> scales: c e r h b',
    'qs: g2 s2 t4 i4 j4 b2 -> qs: g j s r i t b',
  ],
});
