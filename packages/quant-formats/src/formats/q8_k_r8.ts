/*
 * q8_k_r8: eight rows of signed bytes with a scale for each 256 weights, interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 8 rows of 256 weights in 2064 bytes
 *   +------------+---------------+
 *   | d          | qs            |
 *   | 8 x f16    | 2048 x i8     |
 *   | bytes 0-15 | bytes 16-2063 |
 *   +------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: x = d * q.
 */
import { defineInterleaved } from '../interleave/define';
import { rowsOfBytes } from '../interleave/rows-of-bytes';

const NAME = 'q8_k_r8';
const ID = 399;

export default defineInterleaved({
  name: NAME,
  id: ID,
  rows: 8,
  single: rowsOfBytes(NAME, ID),
  parent: 'q8_0',
  isRepackTarget: false,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 16, as: 'f16' },
      { name: 'qs', offsetBytes: 16, lengthBytes: 2048, as: 'i8' },
    ],
  },
  moves: ['d: b16 -> d: r b', 'qs: l64 i4 b8 -> qs: l r i b'],
});
