/*
 * iq4_xs: 256 weights as 4-bit indices into the table of iq4_nl; eight blocks of 32 with a signed 6-bit scale each, under one f16.
 *
 *   block: 256 weights in 136 bytes
 *   +-----------+-----------+-------------+---------------+
 *   | d         | scales_h  | scales_l    | qs            |
 *   | f16       | 8 x bits2 | 8 x nibbles | 256 x nibbles |
 *   | bytes 0-1 | bytes 2-3 | bytes 4-7   | bytes 8-135   |
 *   +-----------+-----------+-------------+---------------+
 *
 * Weight i, in block b = i/32:
 *   index:       bits 0-3 (i%32 < 16) or 4-7 (i%32 >= 16) of qs[16 b + i%16]
 *   scale, low:  bits 0-3 (b even) or 4-7 (b odd) of scales_l[b/2]
 *   scale, high: bits 2 b to 2 b + 1 of scales_h
 * Restore: x = d * (scale - 32) * IQ4_VALUES[index].
 */
import { IQ4_VALUES } from '../codebooks/iq4';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, readU16, u8At, valueAt, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 136;
const SCALES_H = 2;
const SCALES_L = 4;
const QS = 8;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.from(IQ4_VALUES.subarray(0, 16)),
  shifts: [0],
  multipliers: { least: -32, greatest: 31, step: 1 },
  probes: [-130, 119, -123, -137, -108, 113, -114, 127],
  evenParity: false,
  growth: 1,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'scales_h', offsetBytes: SCALES_H, lengthBytes: 2, as: 'bits2' },
    { name: 'scales_l', offsetBytes: SCALES_L, lengthBytes: 4, as: 'nibbles' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 128, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    const high = readU16(bytes, block + SCALES_H);
    for (let b = 0; b < 8; b++) {
      const low = u8At(bytes, block + SCALES_L + (b >> 1)) >> (4 * (b & 1));
      const scale = (low & 15) | (((high >> (2 * b)) & 3) << 4);
      decodeThirtyTwo(bytes, block + QS + 16 * b, d * (scale - 32), out, start + 32 * b);
    }
  }
}

/** 32 weights from the 16 bytes at `qs`. */
function decodeThirtyTwo(
  bytes: Uint8Array,
  qs: number,
  scale: number,
  out: Float32Array,
  start: number,
): void {
  for (let i = 0; i < 16; i++) {
    const indices = u8At(bytes, qs + i);
    out[start + i] = scale * valueAt(IQ4_VALUES, indices & 15);
    out[start + i + 16] = scale * valueAt(IQ4_VALUES, indices >> 4);
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    let high = 0;
    for (let b = 0; b < 8; b++) {
      const scale = i16At(search.multipliers, b) + 32;
      const low = block + SCALES_L + (b >> 1);
      out[low] = u8At(out, low) | ((scale & 15) << (4 * (b & 1)));
      high |= (scale >> 4) << (2 * b);
    }
    writeU16(out, block + SCALES_H, high);
    for (let byte = 0; byte < 128; byte++) {
      const first = byte + (byte & ~15);
      out[block + QS + byte] = u8At(search.codes, first) | (u8At(search.codes, first + 16) << 4);
    }
  }
}

export default defineFormat({
  name: 'iq4_xs',
  id: 23,
  family: 'iq',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 31 * 127,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
