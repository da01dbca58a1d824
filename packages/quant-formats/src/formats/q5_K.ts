/*
 * q5_K: q4_K with a fifth bit. 256 weights; eight blocks of 32 with a 6-bit scale and a 6-bit minimum each, under two f16.
 *
 *   block: 256 weights in 176 bytes
 *   +-----------+-----------+------------+-------------+---------------+
 *   | d         | dmin      | scales     | qh          | qs            |
 *   | f16       | f16       | 12 x u8    | 256 x bits1 | 256 x nibbles |
 *   | bytes 0-1 | bytes 2-3 | bytes 4-15 | bytes 16-47 | bytes 48-175  |
 *   +-----------+-----------+------------+-------------+---------------+
 *
 * Weight i, in block b = i/32:
 *   low four bits:  bits 0-3 (b even) or 4-7 (b odd) of qs[32 (b/2) + i%32]
 *   fifth bit:      bit b of qh[i%32]
 *   scale, minimum: 6 bits each of scales, as q4_K has them
 * Restore: x = d * scale * q - dmin * minimum, each product of f16 and 6 bits rounded to f32, the rest once.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readF16, u8At, writeF16 } from '../numeric/bytes';
import { readMinimum, readScale, writeScalesAndMinima } from '../packing/scales-k';
import { AffineSearch, largestAffineWeight } from '../search/affine/index';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 176;
const DMIN = 2;
const SCALES = 4;
const QH = 16;
const QS = 48;

const search = new AffineSearch({
  kind: 'affine',
  blockLength: 32,
  greatestCode: 31,
  greatestMultiplier: 63,
  growth: 1,
  probes: [
    [0, 31],
    [0.6, 31.3],
    [-0.3, 30.7],
    [0.3, 31.3],
    [0.6, 30.4],
    [0, 30.4],
    [-0.3, 32],
    [-1, 30.4],
  ],
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'dmin', offsetBytes: DMIN, lengthBytes: 2, as: 'f16' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 12, as: 'u8' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 32, as: 'bits1' },
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
    const low = u8At(bytes, block + QS + 32 * pair + i);
    const high = u8At(bytes, block + QH + i) >> (2 * pair);
    out[start + i] = evenScale * ((low & 15) | ((high & 1) << 4)) - evenMinimum;
    out[start + i + 32] = oddScale * ((low >> 4) | ((high & 2) << 3)) - oddMinimum;
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    writeF16(out, block + DMIN, search.superMinimum);
    writeScalesAndMinima(out, block, search.scaleMultipliers, search.minimumMultipliers);
    for (let i = 0; i < BLOCK_LENGTH; i++) writeCode(out, block, i, u8At(search.codes, i));
  }
}

/** Code of weight `i` of a block, into bits that are zero. */
function writeCode(out: Uint8Array, block: number, i: number, q: number): void {
  const b = i >> 5;
  const low = block + QS + 32 * (b >> 1) + (i & 31);
  const high = block + QH + (i & 31);
  out[low] = u8At(out, low) | ((q & 15) << (4 * (b & 1)));
  out[high] = u8At(out, high) | ((q >> 4) << b);
}

export default defineFormat({
  name: 'q5_K',
  id: 13,
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
