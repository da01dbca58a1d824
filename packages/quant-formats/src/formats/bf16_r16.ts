/*
 * bf16_r16: 16 rows of bf16 interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 16 rows of 2 weights in 64 bytes
 *   +------------+
 *   | d          |
 *   | 32 x bf16  |
 *   | bytes 0-63 |
 *   +------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as bf16.
 *
 * A block is two columns of sixteen rows.
 */
import { defineInterleaved } from '../interleave/define';
import bf16 from './bf16';

export default defineInterleaved({
  name: 'bf16_r16',
  id: 230,
  rows: 16,
  single: bf16,
  isRepackTarget: true,
  blockLength: 2,
  layout: {
    rowPrefix: [],
    block: [{ name: 'd', offsetBytes: 0, lengthBytes: 64, as: 'bf16' }],
  },
  moves: ['d: c2 b16 -> d: r c b'],
});
