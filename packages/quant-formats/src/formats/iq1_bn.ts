/*
 * iq1_bn: weights of -1, 0 or 1 times one scale per row, five in a byte, sixteen in three bytes and a fifth of one: for models trained with three values a weight.
 *
 *   row prefix: 2 bytes
 *   +-----------+
 *   | d         |
 *   | f16       |
 *   | bytes 0-1 |
 *   +-----------+
 *   block: 64 weights in 13 bytes
 *   +------------+-------------+
 *   | ql         | extra       |
 *   | 12 x u8    | u8          |
 *   | bytes 0-11 | bytes 12-12 |
 *   +------------+-------------+
 *
 * Weight i, number j = i%16 of sixteen s = i/16, is a digit of base 3 (packing/trits.ts), here counted from the least significant of five:
 *   j < 15:  digit j%5 of ql[3 s + j/5]
 *   j = 15:  digit s of extra, whose fifth digit stays 0
 * Restore: x = d * (digit - 1).
 *
 * The decoder of ik_llama.cpp leaves the scale out, which its products multiply by afterwards.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { tritAt, tritsByte } from '../packing/trits';
import { ternaryDigit, TernarySearch } from '../search/ternary';

const BLOCK_LENGTH = 64;
const BYTES_PER_BLOCK = 13;
const ROW_PREFIX_BYTES = 2;
const EXTRA = 12;

const search = new TernarySearch();

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f16' }],
  block: [
    { name: 'ql', offsetBytes: 0, lengthBytes: 12, as: 'u8' },
    { name: 'extra', offsetBytes: EXTRA, lengthBytes: 1, as: 'u8' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF16(bytes, 0);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < out.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    for (let s = 0; s < 4; s++) {
      const first = start + 16 * s;
      for (let j = 0; j < 15; j++) {
        const digit = tritAt(u8At(bytes, block + 3 * s + Math.floor(j / 5)), 4 - (j % 5));
        out[first + j] = d * (digit - 1);
      }
      out[first + 15] = d * (tritAt(u8At(bytes, block + EXTRA), 4 - s) - 1);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  const d = writeF16(out, 0, search.scaleOf(weights, importance, 0, weights.length));
  /** The number whose digits are those of `count` weights from `first` on, `step` apart. */
  const numberOf = (first: number, count: number, step: number): number => {
    let number = 0;
    for (let n = count - 1; n >= 0; n--)
      number = 3 * number + ternaryDigit(f32At(weights, first + n * step), d);
    return number;
  };
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < weights.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    for (let i = 0; i < EXTRA; i++) {
      out[block + i] = tritsByte(numberOf(start + 16 * Math.floor(i / 3) + 5 * (i % 3), 5, 1));
    }
    out[block + EXTRA] = tritsByte(numberOf(start + 15, 4, 16));
  }
}

export default defineFormat({
  name: 'iq1_bn',
  id: 134,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  largestWeight: MAX_F16,
  importance: 'optional',
  layout,
  search: undefined,
  decodeRow,
  encodeRow,
});
