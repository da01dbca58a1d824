/*
 * iq4_xs_r8: 8 rows of iq4_xs interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 8 rows of 256 weights in 1088 bytes
 *   +------------+-------------+--------------+----------------+
 *   | d          | scales_h    | scales_l     | qs             |
 *   | 8 x f16    | 64 x bits2  | 64 x nibbles | 2048 x nibbles |
 *   | bytes 0-15 | bytes 16-31 | bytes 32-63  | bytes 64-1087  |
 *   +------------+-------------+--------------+----------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq4_xs.
 */
import { defineInterleaved } from '../interleave/define';
import iq4_xs from './iq4_xs';

export default defineInterleaved({
  name: 'iq4_xs_r8',
  id: 223,
  rows: 8,
  single: iq4_xs,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 16, as: 'f16' },
      { name: 'scales_h', offsetBytes: 16, lengthBytes: 16, as: 'bits2' },
      { name: 'scales_l', offsetBytes: 32, lengthBytes: 32, as: 'nibbles' },
      { name: 'qs', offsetBytes: 64, lengthBytes: 1024, as: 'nibbles' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'scales_h: h4 c2 b2 -> scales_h: c r h b',
    'scales_l: h2 c4 b4 -> scales_l: c r h b',
    'qs: k8 c2 e2 i4 n2 b4 -> qs: k n c r i e b',
  ],
});
