/*
 * iq3_s_r4: 4 rows of iq3_s interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 440 bytes
 *   +-----------+-------------+---------------+---------------+---------------+
 *   | d         | qs          | qh            | signs         | scales        |
 *   | 4 x f16   | 256 x u8    | 256 x bits1   | 1024 x bits1  | 32 x nibbles  |
 *   | bytes 0-7 | bytes 8-263 | bytes 264-295 | bytes 296-423 | bytes 424-439 |
 *   +-----------+-------------+---------------+---------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq3_s.
 */
import { defineInterleaved } from '../interleave/define';
import iq3_s from './iq3_s';

export default defineInterleaved({
  name: 'iq3_s_r4',
  id: 221,
  rows: 4,
  single: iq3_s,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'qs', offsetBytes: 8, lengthBytes: 256, as: 'u8' },
      { name: 'qh', offsetBytes: 264, lengthBytes: 32, as: 'bits1' },
      { name: 'signs', offsetBytes: 296, lengthBytes: 128, as: 'bits1' },
      { name: 'scales', offsetBytes: 424, lengthBytes: 16, as: 'nibbles' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'qs: k8 x2 i4 b8 -> qs: k i x r b',
    'qh: k8 b8 -> qh: k r b',
    'signs: k8 m4 y2 i4 -> signs: k r i m y',
    'scales: h2 c2 e2 b4 -> scales: c e r h b',
  ],
});
