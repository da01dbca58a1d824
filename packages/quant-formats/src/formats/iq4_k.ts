/*
 * iq4_k: 256 weights as 4-bit indices; sixteen blocks of 16 with a 6-bit scale and a choice of table each, under one f16 scale.
 *
 *   block: 256 weights in 144 bytes
 *   +-----------+------------+------------+--------------+---------------+
 *   | d         | extra      | scales_h   | scales_l     | qs            |
 *   | f16       | 16 x bits1 | 16 x bits2 | 16 x nibbles | 256 x nibbles |
 *   | bytes 0-1 | bytes 2-3  | bytes 4-7  | bytes 8-15   | bytes 16-143  |
 *   +-----------+------------+------------+--------------+---------------+
 *
 * Weight i, in block b = i/16:
 *   index:         bits 0-3 (b even) or 4-7 (b odd) of qs[16 (b/2) + i%16]
 *   table:         bit b of extra: 0 the first half of IQ4_VALUES, 1 the second
 *   scale, low:    bits 0-3 (b even) or 4-7 (b odd) of scales_l[b/2]
 *   scale, high:   bits 2 (b%4) to 2 (b%4) + 1 of scales_h[b/4]
 * Restore: x = d * (scale - 32) * table[index].
 *
 * Two blocks of 16 share 16 bytes, so that the bytes unpack as those of iq4_nl do.
 */
import { IQ4_VALUES } from '../codebooks/iq4';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, readU16, u8At, valueAt, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 144;
const EXTRA = 2;
const SCALES_H = 4;
const SCALES_L = 8;
const QS = 16;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: Float32Array.from(IQ4_VALUES.subarray(0, 16)),
  shifts: [0, 4],
  multipliers: { least: -32, greatest: 31, step: 1 },
  probes: [-132, -126, -122, -106, -90, 92, 112, 120],
  evenParity: false,
  growth: 1,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'extra', offsetBytes: EXTRA, lengthBytes: 2, as: 'bits1' },
    { name: 'scales_h', offsetBytes: SCALES_H, lengthBytes: 4, as: 'bits2' },
    { name: 'scales_l', offsetBytes: SCALES_L, lengthBytes: 8, as: 'nibbles' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 128, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    for (let pair = 0; pair < 8; pair++) decodePair(bytes, block, pair, out, start + 32 * pair);
  }
}

/** Blocks `2 pair` and `2 pair + 1` of sixteen weights, which share 16 bytes of qs and a nibble of scales_h. */
function decodePair(bytes: Uint8Array, block: number, pair: number, out: Float32Array, start: number): void {
  const d = readF16(bytes, block);
  const low = u8At(bytes, block + SCALES_L + pair);
  const high = u8At(bytes, block + SCALES_H + (pair >> 1)) >> (4 * (pair & 1));
  const evenScale = d * (((low & 15) | ((high & 3) << 4)) - 32);
  const oddScale = d * (((low >> 4) | ((high & 12) << 2)) - 32);
  const tables = readU16(bytes, block + EXTRA) >> (2 * pair);
  const evenTable = (tables & 1) << 4;
  const oddTable = (tables & 2) << 3;
  for (let i = 0; i < 16; i++) {
    const indices = u8At(bytes, block + QS + 16 * pair + i);
    out[start + i] = evenScale * valueAt(IQ4_VALUES, evenTable | (indices & 15));
    out[start + i + 16] = oddScale * valueAt(IQ4_VALUES, oddTable | (indices >> 4));
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    writeScales(out, block);
    for (let byte = 0; byte < 128; byte++) {
      const even = byte + (byte & ~15);
      out[block + QS + byte] = u8At(search.codes, even) | (u8At(search.codes, even + 16) << 4);
    }
  }
}

/** The found scales and tables of sixteen blocks, into fields that hold zeros. */
function writeScales(out: Uint8Array, block: number): void {
  let tables = 0;
  for (let b = 0; b < 16; b++) {
    const scale = i16At(search.multipliers, b) + 32;
    const low = block + SCALES_L + (b >> 1);
    const high = block + SCALES_H + (b >> 2);
    out[low] = u8At(out, low) | ((scale & 15) << (4 * (b & 1)));
    out[high] = u8At(out, high) | ((scale >> 4) << (2 * (b & 3)));
    tables |= u8At(search.variants, b) << b;
  }
  writeU16(out, block + EXTRA, tables);
}

export default defineFormat({
  name: 'iq4_k',
  id: 139,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 32 * 127,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
