/*
 * tq1_0: 256 weights of -1, 0 or 1 times one scale, five in a byte: for models trained with three values a weight (BitNet b1.58, TriLM).
 *
 *   block: 256 weights in 54 bytes
 *   +------------+-------------+-------------+
 *   | qs         | qh          | d           |
 *   | 48 x u8    | 4 x u8      | f16         |
 *   | bytes 0-47 | bytes 48-51 | bytes 52-53 |
 *   +------------+-------------+-------------+
 *
 * Weight i is a digit of base 3 (packing/trits.ts), counted from the most significant one:
 *   i < 160:  digit i/32 of qs[i%32]
 *   i < 240:  digit (i-160)/16 of qs[32 + i%16]
 *   others:   digit (i-240)/4 of qh[i%4]; a fifth digit stays 0
 * Restore: x = d * (digit - 1).
 *
 * Neighbours stand in neighbouring bytes, so that one multiplication of 32 or 16 bytes gives 32 or 16 neighbouring weights.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { tritAt, tritsByte } from '../packing/trits';
import { ternaryDigit, TernarySearch } from '../search/ternary';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 54;
const QH = 48;
const D = 52;

/** Runs of bytes that hold neighbouring weights: where in the block, how many bytes, how many digits each, and the first weight. */
const RUNS = [
  { byte: 0, width: 32, digits: 5, first: 0 },
  { byte: 32, width: 16, digits: 5, first: 160 },
  { byte: QH, width: 4, digits: 4, first: 240 },
] as const;

const search = new TernarySearch();

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'qs', offsetBytes: 0, lengthBytes: 48, as: 'u8' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 4, as: 'u8' },
    { name: 'd', offsetBytes: D, lengthBytes: 2, as: 'f16' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block + D);
    for (const { byte, width, digits, first } of RUNS) {
      for (let i = 0; i < width; i++) {
        const packed = u8At(bytes, block + byte + i);
        for (let n = 0; n < digits; n++) out[start + first + n * width + i] = d * (tritAt(packed, n) - 1);
      }
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = writeF16(out, block + D, search.scaleOf(weights, importance, start, BLOCK_LENGTH));
    for (const { byte, width, digits, first } of RUNS) {
      for (let i = 0; i < width; i++) {
        let number = 0;
        for (let n = 0; n < 5; n++) {
          const digit = n < digits ? ternaryDigit(f32At(weights, start + first + n * width + i), d) : 0;
          number = 3 * number + digit;
        }
        out[block + byte + i] = tritsByte(number);
      }
    }
  }
}

export default defineFormat({
  name: 'tq1_0',
  id: 34,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16,
  importance: 'optional',
  layout,
  search: undefined,
  decodeRow,
  encodeRow,
});
