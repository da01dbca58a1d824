/*
 * q8_k_r16: sixteen rows of bytes with a scale for each 256 weights, interleaved, so that one load of a processor has weights of all of them.
 *
 *   block: 16 rows of 256 weights in 4128 bytes
 *   +------------+---------------+
 *   | d          | qs            |
 *   | 16 x f16   | 4096 x u8     |
 *   | bytes 0-31 | bytes 32-4127 |
 *   +------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: x = d * (q - 128).
 *
 * ik_llama.cpp adds the 128 where it is built for AVX-512 alone, which has instructions for unsigned bytes, but takes it off again everywhere.
 */
import { defineInterleaved } from '../interleave/define';
import { UNSIGNED_BYTES } from '../interleave/recodings';
import { rowsOfBytes } from '../interleave/rows-of-bytes';

const NAME = 'q8_k_r16';
const ID = 397;

export default defineInterleaved({
  name: NAME,
  id: ID,
  rows: 16,
  single: rowsOfBytes(NAME, ID),
  parent: 'q8_0',
  isRepackTarget: false,
  layout: {
    rowPrefix: [],
    block: [
      { name: 'd', offsetBytes: 0, lengthBytes: 32, as: 'f16' },
      { name: 'qs', offsetBytes: 32, lengthBytes: 4096, as: 'u8' },
    ],
  },
  moves: ['d: b16 -> d: r b', ['qs: l64 i4 b8 -> qs: l r i b', UNSIGNED_BYTES]],
});
