/*
 * q4_K: 256 weights of 4 bits; eight blocks of 32 with a 6-bit scale and a 6-bit minimum each, under two f16: the type of most
 * weights in most published files (Q4_K_M).
 *
 *   block: 256 weights in 144 bytes
 *   +-----------+-----------+------------+---------------+
 *   | d         | dmin      | scales     | qs            |
 *   | f16       | f16       | 12 x u8    | 256 x nibbles |
 *   | bytes 0-1 | bytes 2-3 | bytes 4-15 | bytes 16-143  |
 *   +-----------+-----------+------------+---------------+
 *
 * Weight i, in block b = i/32:
 *   code:           bits 0-3 (b even) or 4-7 (b odd) of qs[32 (b/2) + i%32]
 *   scale, b < 4:   bits 0-5 of scales[b];   b >= 4: low four bits in bits 0-3 of scales[b+4], high two in bits 6-7 of scales[b-4]
 *   minimum, b < 4: bits 0-5 of scales[b+4]; b >= 4: low four bits in bits 4-7 of scales[b+4], high two in bits 6-7 of scales[b]
 * Restore: x = d * scale * q - dmin * minimum, each product of f16 and 6 bits rounded to f32, the rest once.
 *
 * Scales and minima of the first four blocks stand in bytes of their own, so that a vector of them takes one mask; what is over of
 * those bytes, and four bytes more, serve the other four.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readF16, u8At, writeF16 } from '../numeric/bytes';
import { readMinimum, readScale, writeScalesAndMinima } from '../packing/scales-k';
import { AffineSearch, largestAffineWeight } from '../search/affine/index';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 144;
const DMIN = 2;
const SCALES = 4;
const QS = 16;

const search = new AffineSearch({
  kind: 'affine',
  blockLength: 32,
  greatestCode: 15,
  greatestMultiplier: 63,
  growth: 1,
  probes: [
    [-0.3, 15.3],
    [-0.3, 14.7],
    [0.3, 15.3],
    [0, 14.4],
    [0, 15],
    [-0.6, 15.6],
    [0, 15.6],
    [0.6, 15],
  ],
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'dmin', offsetBytes: DMIN, lengthBytes: 2, as: 'f16' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 12, as: 'u8' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 128, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    for (let pair = 0; pair < 4; pair++) decodePair(bytes, block, pair, out, start + 64 * pair);
  }
}

/** Blocks `2 pair` and `2 pair + 1` of 32 weights, which share 32 bytes of qs. */
function decodePair(bytes: Uint8Array, block: number, pair: number, out: Float32Array, start: number): void {
  const d = readF16(bytes, block);
  const dmin = readF16(bytes, block + DMIN);
  const evenScale = d * readScale(bytes, block, 2 * pair);
  const oddScale = d * readScale(bytes, block, 2 * pair + 1);
  const evenMinimum = dmin * readMinimum(bytes, block, 2 * pair);
  const oddMinimum = dmin * readMinimum(bytes, block, 2 * pair + 1);
  for (let i = 0; i < 32; i++) {
    const codes = u8At(bytes, block + QS + 32 * pair + i);
    out[start + i] = evenScale * (codes & 15) - evenMinimum;
    out[start + i + 32] = oddScale * (codes >> 4) - oddMinimum;
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    writeF16(out, block + DMIN, search.superMinimum);
    writeScalesAndMinima(out, block, search.scaleMultipliers, search.minimumMultipliers);
    for (let byte = 0; byte < 128; byte++) {
      const even = byte + (byte & ~31);
      out[block + QS + byte] = u8At(search.codes, even) | (u8At(search.codes, even + 32) << 4);
    }
  }
}

export default defineFormat({
  name: 'q4_K',
  id: 12,
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
