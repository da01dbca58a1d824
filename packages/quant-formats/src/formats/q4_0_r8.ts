/*
 * q4_0_r8: 8 rows of q4_0 interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 8 rows of 32 weights in 144 bytes
 *   +------------+---------------+
 *   | d          | qs            |
 *   | 8 x f16    | 256 x nibbles |
 *   | bytes 0-15 | bytes 16-143  |
 *   +------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as q4_0.
 */
import { defineInterleaved } from '../interleave/define';
import q4_0 from './q4_0';

export default defineInterleaved({
  name: 'q4_0_r8',
  id: 202,
  rows: 8,
  single: q4_0,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 16, as: 'f16' },
      { name: 'qs', offsetBytes: 16, lengthBytes: 128, as: 'nibbles' },
    ],
  },
  moves: ['d: b16 -> d: r b', 'qs: l4 i4 b8 -> qs: l r i b'],
});
