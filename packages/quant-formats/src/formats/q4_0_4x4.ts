/*
 * q4_0_4x4: 4 rows of q4_0 interleaved, so that one load of a processor has weights of all of them. Codes are signed.
 *
 *   block: 4 rows of 32 weights in 72 bytes
 *   +-----------+---------------+
 *   | d         | qs            |
 *   | 4 x f16   | 128 x nibbles |
 *   | bytes 0-7 | bytes 8-71    |
 *   +-----------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: as q4_0.
 *
 * An older type, of llama.cpp of 2024 for ARM processors; ik_llama.cpp reads it and repacks to q4_0_r8.
 */
import { defineInterleaved } from '../interleave/define';
import { SIGNED_NIBBLES } from '../interleave/recodings';
import q4_0 from './q4_0';

export default defineInterleaved({
  name: 'q4_0_4x4',
  id: 31,
  rows: 4,
  single: q4_0,
  isRepackTarget: false,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 8, as: 'f16' },
      { name: 'qs', offsetBytes: 8, lengthBytes: 64, as: 'nibbles' },
    ],
  },
  moves: ['d: b16 -> d: r b', ['qs: l4 i4 b8 -> qs: l r i b', SIGNED_NIBBLES]],
});
