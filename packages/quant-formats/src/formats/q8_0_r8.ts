/*
 * q8_0_r8: 8 rows of q8_0 interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 8 rows of 32 weights in 272 bytes
 *   +------------+--------------+
 *   | d          | qs           |
 *   | 8 x f16    | 256 x i8     |
 *   | bytes 0-15 | bytes 16-271 |
 *   +------------+--------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as q8_0.
 */
import { defineInterleaved } from '../interleave/define';
import q8_0 from './q8_0';

export default defineInterleaved({
  name: 'q8_0_r8',
  id: 208,
  rows: 8,
  single: q8_0,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 16, as: 'f16' },
      { name: 'qs', offsetBytes: 16, lengthBytes: 256, as: 'i8' },
    ],
  },
  moves: ['d: b16 -> d: r b', 'qs: l8 i4 b8 -> qs: l r i b'],
});
