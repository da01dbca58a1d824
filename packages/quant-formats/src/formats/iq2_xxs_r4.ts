/*
 * iq2_xxs_r4: 4 rows of iq2_xxs interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 264 bytes
 *   +-----------+-------------+---------------+
 *   | d         | sas         | qs            |
 *   | 4 x f16   | 128 x u8    | 128 x u8      |
 *   | bytes 0-7 | bytes 8-135 | bytes 136-263 |
 *   +-----------+-------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq2_xxs.
 *
 * Of each byte of `sas`, bit 0 is a bit of the scale, and the others are seven signs as their running parities.
 */
import { defineInterleaved } from '../interleave/define';
import { RUNNING_PARITY } from '../interleave/recodings';
import iq2_xxs from './iq2_xxs';

export default defineInterleaved({
  name: 'iq2_xxs_r4',
  id: 216,
  rows: 4,
  single: iq2_xxs,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'sas', offsetBytes: 8, lengthBytes: 128, as: 'u8' },
      { name: 'qs', offsetBytes: 136, lengthBytes: 128, as: 'u8' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'qs: @60 k8*64 i4 -> sas: k r i*8',
    ['qs: @32 k8*64 i4 s7 -> sas: @1 k*128 r*32 i*8 s', RUNNING_PARITY],
    'qs: k8*64 i4 b8 -> qs: k r i b',
  ],
});
