/*
 * iq3_xxs_r4: 4 rows of iq3_xxs interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 256 weights in 392 bytes
 *   +-----------+-------------+---------------+
 *   | d         | sas         | qs            |
 *   | 4 x f16   | 128 x u8    | 256 x u8      |
 *   | bytes 0-7 | bytes 8-135 | bytes 136-391 |
 *   +-----------+-------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq3_xxs.
 *
 * Of each byte of `sas`, bit 0 is a bit of the scale, and the others are seven signs as their running parities.
 */
import { defineInterleaved } from '../interleave/define';
import { RUNNING_PARITY } from '../interleave/recodings';
import iq3_xxs from './iq3_xxs';

export default defineInterleaved({
  name: 'iq3_xxs_r4',
  id: 218,
  rows: 4,
  single: iq3_xxs,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'sas', offsetBytes: 8, lengthBytes: 128, as: 'u8' },
      { name: 'qs', offsetBytes: 136, lengthBytes: 256, as: 'u8' },
    ],
  },
  moves: [
    'd: b16 -> d: r b',
    'scales: @28 k8*32 i4 -> sas: k r i*8',
    ['scales: k8*32 i4 s7 -> sas: @1 k*128 r*32 i*8 s', RUNNING_PARITY],
    'qs: k8 i8 b8 -> qs: k r i b',
  ],
});
