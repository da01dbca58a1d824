/*
 * iq5_ks: 256 weights as 5-bit indices; eight blocks of 32 with a 7-bit scale and a choice of table each, under one f32 per row.
 *
 *   row prefix: 4 bytes
 *   +-----------+
 *   | d         |
 *   | f32       |
 *   | bytes 0-3 |
 *   +-----------+
 *   block: 256 weights in 168 bytes
 *   +-----------+---------------+---------------+
 *   | scales    | qs            | qh            |
 *   | 8 x u8    | 256 x nibbles | 256 x bits1   |
 *   | bytes 0-7 | bytes 8-135   | bytes 136-167 |
 *   +-----------+---------------+---------------+
 *
 * Weight i, in block b = i/32:
 *   index, low:  bits 0-3 (b even) or 4-7 (b odd) of qs[32 (b/2) + i%32]
 *   index, high: bit b of qh[i%32]
 *   table:       bit 0 of scales[b]: 0 the first half of IQ5_VALUES, 1 the second
 *   scale:       bits 1-7 of scales[b], standing where they are: an even number from 0 to 254
 * Restore: x = d * (scale - 127) * table[index], rounded to f32 after the first product and after the second.
 */
import { IQ5_VALUES } from '../codebooks/iq235';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF32, u8At, valueAt, writeF32 } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { addBit, addNibbles } from '../packing/planes';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F32, storeAsF32 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 168;
const ROW_PREFIX_BYTES = 4;
const QS = 8;
const QH = 136;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.from(IQ5_VALUES.subarray(0, 32)),
  shifts: [0, 2],
  multipliers: { least: -127, greatest: 127, step: 2 },
  probes: [-126, 123, -129, -113, -122, 109, 117, 121],
  evenParity: false,
  growth: 1,
  store: storeAsF32(127 * 126),
  smallestSuperScale: SMALLEST_F32,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f32' }],
  block: [
    { name: 'scales', offsetBytes: 0, lengthBytes: 8, as: 'u8' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 128, as: 'nibbles' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 32, as: 'bits1' },
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

/** The `b`-th run of 32 weights in a block, which lie in the same bits of 32 bytes in a row. */
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
  const table = (scaleByte & 1) << 5;
  const low = block + QS + 32 * (b >> 1);
  const shift = 4 * (b & 1);
  for (let i = 0; i < 32; i++) {
    const index = ((u8At(bytes, low + i) >> shift) & 15) | (((u8At(bytes, block + QH + i) >> b) & 1) << 4);
    out[start + i] = scale * valueAt(IQ5_VALUES, table | index);
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  search.encode(weights, importance, 0, weights.length);
  writeF32(out, 0, search.superScale);
  for (let block = ROW_PREFIX_BYTES, k = 0; block < out.length; block += BYTES_PER_BLOCK, k++) {
    const codes = search.codes.subarray(BLOCK_LENGTH * k);
    for (let b = 0; b < 8; b++) {
      out[block + b] = (i16At(search.multipliers, 8 * k + b) + 127) | u8At(search.variants, 8 * k + b);
    }
    addNibbles(out, block + QS, codes);
    addBit(out, block + QH, codes, 4);
  }
}

export default defineFormat({
  name: 'iq5_ks',
  id: 152,
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
