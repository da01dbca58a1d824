/*
 * iq2_kl: 256 weights in pairs, each one of 32 pairs of values; eight blocks of 32 with a 6-bit scale each, under one f16 per row.
 *
 *   row prefix: 2 bytes
 *   +-----------+
 *   | d         |
 *   | f16       |
 *   | bytes 0-1 |
 *   +-----------+
 *   block: 256 weights in 86 bytes
 *   +-----------+-------------+---------------+-------------+
 *   | scales_h  | scales_l    | qs            | qh          |
 *   | 8 x bits2 | 8 x nibbles | 128 x nibbles | 128 x bits1 |
 *   | bytes 0-1 | bytes 2-5   | bytes 6-69    | bytes 70-85 |
 *   +-----------+-------------+---------------+-------------+
 *
 * Pair p = i/2 of 128, in block b = i/32:
 *   index, low:  bits 0-3 (b even) or 4-7 (b odd) of qs[16 (b/2) + p%16]
 *   index, high: bit b of qh[p%16]
 *   scale, low:  bits 0-3 (b < 4) or 4-7 (b >= 4) of scales_l[b%4]
 *   scale, high: bits 2 b to 2 b + 1 of scales_h
 * Restore: x = d * (scale - 32) * IQ2_KL_PAIRS[2 index + i%2].
 */
import { IQ2_KL_PAIRS } from '../codebooks/iq2kl';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, readU16, u8At, valueAt, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 86;
const ROW_PREFIX_BYTES = 2;
const SCALES_H = 0;
const SCALES_L = 2;
const QS = 6;
const QH = 70;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.from([-63, -40, -23, -10, 1, 13, 28, 47]),
  grid: { dimensions: 2, points: IQ2_KL_PAIRS, signs: 'none' },
  shifts: [0],
  multipliers: { least: -32, greatest: 31, step: 1 },
  probes: [-63, 47, -56, 52, -70, 42],
  evenParity: false,
  growth: 0,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f16' }],
  block: [
    { name: 'scales_h', offsetBytes: SCALES_H, lengthBytes: 2, as: 'bits2' },
    { name: 'scales_l', offsetBytes: SCALES_L, lengthBytes: 4, as: 'nibbles' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 64, as: 'nibbles' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 16, as: 'bits1' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF16(bytes, 0);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < out.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    const high = readU16(bytes, block + SCALES_H);
    for (let b = 0; b < 8; b++) {
      const low = (u8At(bytes, block + SCALES_L + (b & 3)) >> (4 * (b >> 2))) & 15;
      const scale = d * ((low | (((high >> (2 * b)) & 3) << 4)) - 32);
      decodeThirtyTwo(bytes, block, b, scale, out, start + 32 * b);
    }
  }
}

/** The `b`-th run of 32 weights in a block: sixteen pairs, which lie in the same bits of 16 bytes in a row. */
function decodeThirtyTwo(
  bytes: Uint8Array,
  block: number,
  b: number,
  scale: number,
  out: Float32Array,
  start: number,
): void {
  const low = block + QS + 16 * (b >> 1);
  for (let p = 0; p < 16; p++) {
    const high = (u8At(bytes, block + QH + p) >> b) & 1;
    const index = ((u8At(bytes, low + p) >> (4 * (b & 1))) & 15) | (high << 4);
    out[start + 2 * p] = scale * valueAt(IQ2_KL_PAIRS, 2 * index);
    out[start + 2 * p + 1] = scale * valueAt(IQ2_KL_PAIRS, 2 * index + 1);
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  search.encode(weights, importance, 0, weights.length);
  writeF16(out, 0, search.superScale);
  for (let block = ROW_PREFIX_BYTES, k = 0; block < out.length; block += BYTES_PER_BLOCK, k++) {
    let high = 0;
    for (let b = 0; b < 8; b++) {
      const scale = i16At(search.multipliers, 8 * k + b) + 32;
      const low = block + SCALES_L + (b & 3);
      out[low] = u8At(out, low) | ((scale & 15) << (4 * (b >> 2)));
      high |= (scale >> 4) << (2 * b);
      addPairs(out, block, b, search.points.subarray(BLOCK_LENGTH * k + 32 * b));
    }
    writeU16(out, block + SCALES_H, high);
  }
}

/** The sixteen pairs of run `b` of a block, into bits that are zero. */
function addPairs(out: Uint8Array, block: number, b: number, points: Uint16Array): void {
  for (let p = 0; p < 16; p++) {
    const index = points[2 * p] ?? 0;
    const low = block + QS + 16 * (b >> 1) + p;
    const high = block + QH + p;
    out[low] = u8At(out, low) | ((index & 15) << (4 * (b & 1)));
    out[high] = u8At(out, high) | ((index >> 4) << b);
  }
}

export default defineFormat({
  name: 'iq2_kl',
  id: 157,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  largestWeight: MAX_F16 * 32 * 50,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
