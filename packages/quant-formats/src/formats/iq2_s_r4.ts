/*
 * iq2_s_r4: 4 rows of iq2_s interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 328 bytes
 *   +-----------+-------------+---------------+---------------+---------------+
 *   | d         | qs          | qh            | signs         | scales        |
 *   | 4 x f16   | 128 x u8    | 128 x bits2   | 1024 x bits1  | 64 x nibbles  |
 *   | bytes 0-7 | bytes 8-135 | bytes 136-167 | bytes 168-295 | bytes 296-327 |
 *   +-----------+-------------+---------------+---------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq2_s.
 */
import { defineInterleaved } from '../interleave/define';
import iq2_s from './iq2_s';

export default defineInterleaved({
  name: 'iq2_s_r4',
  id: 222,
  rows: 4,
  single: iq2_s,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'qs', offsetBytes: 8, lengthBytes: 128, as: 'u8' },
      { name: 'qh', offsetBytes: 136, lengthBytes: 32, as: 'bits2' },
      { name: 'signs', offsetBytes: 168, lengthBytes: 128, as: 'bits1' },
      { name: 'scales', offsetBytes: 296, lengthBytes: 32, as: 'nibbles' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'qs: k8 i4 b8 -> qs: k r i b',
    'qh: k8 b8 -> qh: k r b',
    'signs: k8 i4 b8 -> signs: k r i b',
    'scales: k8 b8 -> scales: k r b',
  ],
});
