/*
 * q8_k_r8: eight rows of signed bytes with a scale for each 256 weights, woven into one another, so that one load of a processor has weights of all of them.
 *
 *   block: 8 rows of 256 weights in 2064 bytes
 *   +------------+---------------+
 *   | d          | qs            |
 *   | 8 x f16    | 2048 x i8     |
 *   | bytes 0-15 | bytes 16-2063 |
 *   +------------+---------------+
 *
 * How bits move: `moves`, in the words of interleave/moves.ts. Restore: x = d * q. Single rows of this kind are no type of files: those of q8_K have an f32 and sums.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { defineWoven } from '../interleave/define';
import { f32At, i8At, readF16, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { roundHalfEven } from '../numeric/round';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 258;
const QS = 2;
/** The scale spends the codes -127 to 127; -128 is left unused, so that both signs reach equally far. */
const LARGEST_CODE = 127;

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: BLOCK_LENGTH, as: 'i8' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let i = 0; i < BLOCK_LENGTH; i++) out[start + i] = d * i8At(bytes, block + QS + i);
  }
}

function encodeRow(weights: Float32Array, _importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    let largest = 0;
    for (let i = 0; i < BLOCK_LENGTH; i++) largest = Math.max(largest, Math.abs(f32At(weights, start + i)));
    const d = writeF16(out, block, largest / LARGEST_CODE);
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const code = d === 0 ? 0 : roundHalfEven(f32At(weights, start + i) / d);
      out[block + QS + i] = Math.min(Math.max(code, -LARGEST_CODE), LARGEST_CODE);
    }
  }
}

const NAME = 'q8_k_r8';
const ID = 399;

const single = defineFormat({
  name: NAME,
  id: ID,
  family: 'k',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * LARGEST_CODE,
  importance: 'ignored',
  layout,
  search: undefined,
  decodeRow,
  encodeRow,
});

export default defineWoven({
  name: NAME,
  id: ID,
  rows: 8,
  single,
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
