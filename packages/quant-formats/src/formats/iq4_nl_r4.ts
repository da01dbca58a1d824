/*
 * iq4_nl_r4: 4 rows of iq4_nl interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 4 rows of 32 weights in 72 bytes
 *   +-----------+---------------+
 *   | d         | qs            |
 *   | 4 x f16   | 128 x nibbles |
 *   | bytes 0-7 | bytes 8-71    |
 *   +-----------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as iq4_nl.
 */
import { defineInterleaved } from '../interleave/define';
import iq4_nl from './iq4_nl';

export default defineInterleaved({
  name: 'iq4_nl_r4',
  id: 220,
  rows: 4,
  single: iq4_nl,
  isRepackTarget: true,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'qs', offsetBytes: 8, lengthBytes: 64, as: 'nibbles' },
    ],
  },
  moves: ['d: b16 -> d: r b', 'qs: p2 q2 i4 n2 b4 -> qs: q n r i p b'],
});
