/*
 * q2_K: 256 weights of 2 bits; sixteen blocks of 16 with a 4-bit scale and a 4-bit minimum each, under two f16.
 *
 *   block: 256 weights in 84 bytes
 *   +------------+-------------+-------------+-------------+
 *   | scales     | qs          | d           | dmin        |
 *   | 16 x u8    | 256 x bits2 | f16         | f16         |
 *   | bytes 0-15 | bytes 16-79 | bytes 80-81 | bytes 82-83 |
 *   +------------+-------------+-------------+-------------+
 *
 * Weight i, in block b = i/16:
 *   code:    bits 2 (i/32 % 4) to 2 (i/32 % 4) + 1 of qs[32 (i/128) + i%32]
 *   scale:   bits 0-3 of scales[b]
 *   minimum: bits 4-7 of scales[b]
 * Restore: x = d * scale * q - dmin * minimum, each product of f16 and 4 bits rounded to f32, the rest once.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { addTwoBits } from '../packing/planes';
import { AffineSearch, largestAffineWeight } from '../search/affine/index';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 84;
const SCALES = 0;
const QS = 16;
const D = 80;
const DMIN = 82;

const search = new AffineSearch({
  kind: 'affine',
  blockLength: 16,
  greatestCode: 3,
  greatestMultiplier: 15,
  growth: 0,
  probes: [
    [-0.3, 3.3],
    [0, 3.6],
    [-0.6, 3],
    [-0.3, 3],
    [0.3, 3.3],
    [-0.6, 4],
    [0, 2.4],
    [-0.6, 3.3],
  ],
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 16, as: 'u8' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 64, as: 'bits2' },
    { name: 'd', offsetBytes: D, lengthBytes: 2, as: 'f16' },
    { name: 'dmin', offsetBytes: DMIN, lengthBytes: 2, as: 'f16' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block + D);
    for (let b = 0; b < 16; b++) decodeSixteen(bytes, block, b, d, out, start + 16 * b);
  }
}

/** The `b`-th run of 16 weights in a block, which lie in the same bits of 16 bytes in a row. */
function decodeSixteen(
  bytes: Uint8Array,
  block: number,
  b: number,
  d: number,
  out: Float32Array,
  start: number,
): void {
  const numbers = u8At(bytes, block + SCALES + b);
  const scale = d * (numbers & 15);
  const minimum = readF16(bytes, block + DMIN) * (numbers >> 4);
  const codes = block + QS + 32 * (b >> 3) + 16 * (b & 1);
  const shift = 2 * ((b >> 1) & 3);
  for (let i = 0; i < 16; i++) out[start + i] = scale * ((u8At(bytes, codes + i) >> shift) & 3) - minimum;
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    for (let b = 0; b < 16; b++) {
      out[block + SCALES + b] =
        i16At(search.scaleMultipliers, b) | (i16At(search.minimumMultipliers, b) << 4);
    }
    addTwoBits(out, block + QS, search.codes);
    writeF16(out, block + D, search.superScale);
    writeF16(out, block + DMIN, search.superMinimum);
  }
}

export default defineFormat({
  name: 'q2_K',
  id: 10,
  family: 'k',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: largestAffineWeight(search.description),
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
