/*
 * iq2_ks: 256 weights as 2-bit indices; eight blocks of 32 with a 5-bit scale and a choice of table each, under one f16 per row.
 *
 *   row prefix: 2 bytes
 *   +-----------+
 *   | d         |
 *   | f16       |
 *   | bytes 0-1 |
 *   +-----------+
 *   block: 256 weights in 70 bytes
 *   +------------+-------------+-------------+
 *   | extra      | scales      | qs          |
 *   | 16 x bits1 | 8 x nibbles | 256 x bits2 |
 *   | bytes 0-1  | bytes 2-5   | bytes 6-69  |
 *   +------------+-------------+-------------+
 *
 * Weight i, in block b = i/32:
 *   index:       bits 2 (b%4) to 2 (b%4) + 1 of qs[32 (i/128) + i%32]
 *   table:       bit b of extra: 0 the first half of IQ2_VALUES, 1 the second
 *   scale, low:  bits 0-3 (b even) or 4-7 (b odd) of scales[b/2]
 *   scale, high: bit 8 + b of extra
 * Restore: x = d * (scale - 16) * table[index].
 */
import { IQ2_VALUES } from '../codebooks/iq235';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, readU16, u8At, valueAt, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { addTwoBits } from '../packing/planes';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 70;
const ROW_PREFIX_BYTES = 2;
const EXTRA = 0;
const SCALES = 2;
const QS = 6;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.from(IQ2_VALUES.subarray(0, 4)),
  shifts: [0, 5],
  multipliers: { least: -16, greatest: 15, step: 1 },
  probes: [-36, -32, 20, 17, -26],
  evenParity: false,
  growth: 0,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f16' }],
  block: [
    { name: 'extra', offsetBytes: EXTRA, lengthBytes: 2, as: 'bits1' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 4, as: 'nibbles' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 64, as: 'bits2' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF16(bytes, 0);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < out.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    for (let b = 0; b < 8; b++) decodeThirtyTwo(bytes, block, b, d, out, start + 32 * b);
  }
}

/** The `b`-th run of 32 weights in a block, which lie in the same bits of 32 bytes in a row. */
function decodeThirtyTwo(
  bytes: Uint8Array,
  block: number,
  b: number,
  d: number,
  out: Float32Array,
  start: number,
): void {
  const extra = readU16(bytes, block + EXTRA) >> b;
  const low = (u8At(bytes, block + SCALES + (b >> 1)) >> (4 * (b & 1))) & 15;
  const scale = d * ((low | (((extra >> 8) & 1) << 4)) - 16);
  const table = (extra & 1) << 2;
  const indices = block + QS + 32 * (b >> 2);
  const shift = 2 * (b & 3);
  for (let i = 0; i < 32; i++) {
    out[start + i] = scale * valueAt(IQ2_VALUES, table | ((u8At(bytes, indices + i) >> shift) & 3));
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  search.encode(weights, importance, 0, weights.length);
  writeF16(out, 0, search.superScale);
  for (let block = ROW_PREFIX_BYTES, k = 0; block < out.length; block += BYTES_PER_BLOCK, k++) {
    writeScales(out, block, search.multipliers.subarray(8 * k), search.variants.subarray(8 * k));
    addTwoBits(out, block + QS, search.codes.subarray(BLOCK_LENGTH * k));
  }
}

/** The found scales and tables of eight blocks, into fields that hold zeros. */
function writeScales(out: Uint8Array, block: number, multipliers: Int16Array, variants: Uint8Array): void {
  let extra = 0;
  for (let b = 0; b < 8; b++) {
    const scale = i16At(multipliers, b) + 16;
    const low = block + SCALES + (b >> 1);
    out[low] = u8At(out, low) | ((scale & 15) << (4 * (b & 1)));
    extra |= (u8At(variants, b) << b) | ((scale >> 4) << (8 + b));
  }
  writeU16(out, block + EXTRA, extra);
}

export default defineFormat({
  name: 'iq2_ks',
  id: 145,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  largestWeight: MAX_F16 * 15 * 31,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
