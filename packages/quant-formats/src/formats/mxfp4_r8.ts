/*
 * mxfp4_r8: 8 rows of mxfp4 interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 8 rows of 32 weights in 136 bytes
 *   +-----------+---------------+
 *   | e         | qs            |
 *   | 8 x u8    | 256 x nibbles |
 *   | bytes 0-7 | bytes 8-135   |
 *   +-----------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as mxfp4.
 */
import { defineInterleaved } from '../interleave/define';
import mxfp4 from './mxfp4';

export default defineInterleaved({
  name: 'mxfp4_r8',
  id: 353,
  rows: 8,
  single: mxfp4,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'e', offsetBytes: 0, lengthBytes: 8, as: 'u8' },
      { name: 'qs', offsetBytes: 8, lengthBytes: 128, as: 'nibbles' },
    ],
  },
  moves: ['e: b8 -> e: r b', 'qs: l4 i4 b8 -> qs: l r i b'],
});
