/*
 * iq4_ks: 256 weights as 4-bit indices; eight blocks of 32 with a 7-bit scale and a choice of table each, under one f32 scale
 * per row.
 *
 *   row prefix: 4 bytes
 *   +-----------+
 *   | d         |
 *   | f32       |
 *   | bytes 0-3 |
 *   +-----------+
 *   block: 256 weights in 136 bytes
 *   +-----------+---------------+
 *   | scales    | qs            |
 *   | 8 x u8    | 256 x nibbles |
 *   | bytes 0-7 | bytes 8-135   |
 *   +-----------+---------------+
 *
 * Weight i, in block b = i/32:
 *   index:  bits 0-3 (i%32 < 16) or 4-7 (i%32 >= 16) of qs[16 b + i%16]
 *   table:  bit 0 of scales[b]: 0 the first half of IQ4_VALUES, 1 the second
 *   scale:  bits 1-7 of scales[b], standing where they are: an even number from 0 to 254
 * Restore: x = d * (scale - 127) * table[index], rounded to f32 after the first product and after the second.
 *
 * The scale of the row stands before its first block, so that blocks need no scale of their own. scale - 127 is always odd,
 * never zero: a row of zeros has d = 0.
 */
import { IQ4_VALUES } from '../codebooks/iq4';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF32, u8At, valueAt, writeF32 } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F32, storeAsF32 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 136;
const ROW_PREFIX_BYTES = 4;
const QS = 8;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.from(IQ4_VALUES.subarray(0, 16)),
  shifts: [0, 4],
  multipliers: { least: -127, greatest: 127, step: 2 },
  probes: [-136, -132, -128, -122, -108, 112, 120, 126],
  evenParity: false,
  growth: 1,
  store: storeAsF32(127 * 127),
  smallestSuperScale: SMALLEST_F32,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f32' }],
  block: [
    { name: 'scales', offsetBytes: 0, lengthBytes: 8, as: 'u8' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 128, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF32(bytes, 0);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < out.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    for (let b = 0; b < 8; b++) decodeThirtyTwo(bytes, block, b, d, out, start + 32 * b);
  }
}

/** The `b`-th run of 32 weights in a block, which share a scale and a table. */
function decodeThirtyTwo(
  bytes: Uint8Array,
  block: number,
  b: number,
  d: number,
  out: Float32Array,
  start: number,
): void {
  const scaleByte = u8At(bytes, block + b);
  const scale = Math.fround(d * ((scaleByte & 254) - 127));
  const table = (scaleByte & 1) << 4;
  for (let i = 0; i < 16; i++) {
    const indices = u8At(bytes, block + QS + 16 * b + i);
    out[start + i] = scale * valueAt(IQ4_VALUES, table | (indices & 15));
    out[start + i + 16] = scale * valueAt(IQ4_VALUES, table | (indices >> 4));
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  search.encode(weights, importance, 0, weights.length);
  writeF32(out, 0, search.superScale);
  const { codes, multipliers, variants } = search;
  for (let b = 0; b < weights.length >> 5; b++) {
    const block = ROW_PREFIX_BYTES + BYTES_PER_BLOCK * (b >> 3);
    out[block + (b & 7)] = (i16At(multipliers, b) + 127) | u8At(variants, b);
    const qs = block + QS + 16 * (b & 7);
    for (let i = 0; i < 16; i++) out[qs + i] = u8At(codes, 32 * b + i) | (u8At(codes, 32 * b + i + 16) << 4);
  }
}

export default defineFormat({
  name: 'iq4_ks',
  id: 144,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  largestWeight: MAX_F32,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
