/*
 * iq2_xs_r4: 4 rows of iq2_xs interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 296 bytes
 *   +-----------+-------------+---------------+
 *   | d         | qs          | scales        |
 *   | 4 x f16   | 128 x u16   | 64 x nibbles  |
 *   | bytes 0-7 | bytes 8-263 | bytes 264-295 |
 *   +-----------+-------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq2_xs.
 *
 * Bits 9-15 of each word are the seven signs as their running parities.
 */
import { defineInterleaved } from '../interleave/define';
import { RUNNING_PARITY } from '../interleave/recodings';
import iq2_xs from './iq2_xs';

export default defineInterleaved({
  name: 'iq2_xs_r4',
  id: 217,
  rows: 4,
  single: iq2_xs,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'qs', offsetBytes: 8, lengthBytes: 256, as: 'u16' },
      { name: 'scales', offsetBytes: 264, lengthBytes: 32, as: 'nibbles' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'qs: k8 i4*16 n9 -> qs: k r i*16 n',
    ['qs: @9 k8 i4*16 s7 -> qs: @9 k*256 r*64 i*16 s', RUNNING_PARITY],
    'scales: k8 b8 -> scales: k r b',
  ],
});
