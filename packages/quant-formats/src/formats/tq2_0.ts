/*
 * tq2_0: 256 weights of -1, 0 or 1 times one scale, two bits each: for models trained with three values a weight (BitNet b1.58, TriLM).
 *
 *   block: 256 weights in 66 bytes
 *   +-------------+-------------+
 *   | qs          | d           |
 *   | 256 x bits2 | f16         |
 *   | bytes 0-63  | bytes 64-65 |
 *   +-------------+-------------+
 *
 * Weight i lives in bits 2 (i/32 % 4) to 2 (i/32 % 4) + 1 of qs[32 (i/128) + i%32]. Restore: x = d * (q - 1).
 *
 * The code 3, which is written by no encoder, restores as 2 d.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { addTwoBits } from '../packing/planes';
import { ternaryDigit, TernarySearch } from '../search/ternary';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 66;
const D = 64;

const search = new TernarySearch();
const codes = new Uint8Array(BLOCK_LENGTH);

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'qs', offsetBytes: 0, lengthBytes: 64, as: 'bits2' },
    { name: 'd', offsetBytes: D, lengthBytes: 2, as: 'f16' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block + D);
    for (let i = 0; i < 64; i++) {
      const packed = u8At(bytes, block + i);
      const first = start + 128 * (i >> 5) + (i & 31);
      for (let plane = 0; plane < 4; plane++)
        out[first + 32 * plane] = d * (((packed >> (2 * plane)) & 3) - 1);
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = writeF16(out, block + D, search.scaleOf(weights, importance, start, BLOCK_LENGTH));
    for (let i = 0; i < BLOCK_LENGTH; i++) codes[i] = ternaryDigit(f32At(weights, start + i), d);
    addTwoBits(out, block, codes);
  }
}

export default defineFormat({
  name: 'tq2_0',
  id: 35,
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
