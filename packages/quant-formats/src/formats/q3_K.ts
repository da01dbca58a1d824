/*
 * q3_K: 256 weights of 3 bits; sixteen blocks of 16 with a signed 6-bit scale each, under one f16.
 *
 *   block: 256 weights in 110 bytes
 *   +-------------+-------------+--------------+---------------+
 *   | hmask       | qs          | scales       | d             |
 *   | 256 x bits1 | 256 x bits2 | 12 x u8      | f16           |
 *   | bytes 0-31  | bytes 32-95 | bytes 96-107 | bytes 108-109 |
 *   +-------------+-------------+--------------+---------------+
 *
 * Weight i, in block b = i/16:
 *   low two bits:  bits 2 (i/32 % 4) to 2 (i/32 % 4) + 1 of qs[32 (i/128) + i%32]
 *   third bit:     bit i/32 of hmask[i%32]
 *   scale, low:    bits 0-3 of scales[b] for b < 8, bits 4-7 of scales[b-8] for b >= 8
 *   scale, high:   bits 2 (b/4) to 2 (b/4) + 1 of scales[8 + b%4]
 * Restore: x = d * (scale - 32) * (q - 4).
 */
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { addBit, addTwoBits } from '../packing/planes';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 110;
const HMASK = 0;
const QS = 32;
const SCALES = 96;
const D = 108;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: Float32Array.from({ length: 8 }, (_, q) => q - 4),
  shifts: [0],
  multipliers: { least: -32, greatest: 31, step: 1 },
  probes: [-4.1875, -3.1875, -4.625, -3.875, 3.5, 2.5],
  evenParity: false,
  growth: 0,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'hmask', offsetBytes: HMASK, lengthBytes: 32, as: 'bits1' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 64, as: 'bits2' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 12, as: 'u8' },
    { name: 'd', offsetBytes: D, lengthBytes: 2, as: 'f16' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block + D);
    for (let b = 0; b < 16; b++) {
      decodeSixteen(bytes, block, b, d * (readScale(bytes, block, b) - 32), out, start + 16 * b);
    }
  }
}

function readScale(bytes: Uint8Array, block: number, b: number): number {
  const low = u8At(bytes, block + SCALES + (b & 7)) >> (4 * (b >> 3));
  const high = u8At(bytes, block + SCALES + 8 + (b & 3)) >> (2 * (b >> 2));
  return (low & 15) | ((high & 3) << 4);
}

/** The `b`-th run of 16 weights in a block, which lie in the same bits of 16 bytes in a row. */
function decodeSixteen(
  bytes: Uint8Array,
  block: number,
  b: number,
  scale: number,
  out: Float32Array,
  start: number,
): void {
  const low = block + QS + 32 * (b >> 3) + 16 * (b & 1);
  const high = block + HMASK + 16 * (b & 1);
  const lowShift = 2 * ((b >> 1) & 3);
  const highShift = b >> 1;
  for (let i = 0; i < 16; i++) {
    const q = ((u8At(bytes, low + i) >> lowShift) & 3) | (((u8At(bytes, high + i) >> highShift) & 1) << 2);
    out[start + i] = scale * (q - 4);
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    addBit(out, block + HMASK, search.codes, 2);
    addTwoBits(out, block + QS, search.codes);
    for (let b = 0; b < 16; b++) addScale(out, block, b, i16At(search.multipliers, b) + 32);
    writeF16(out, block + D, search.superScale);
  }
}

function addScale(out: Uint8Array, block: number, b: number, scale: number): void {
  const low = block + SCALES + (b & 7);
  const high = block + SCALES + 8 + (b & 3);
  out[low] = u8At(out, low) | ((scale & 15) << (4 * (b >> 3)));
  out[high] = u8At(out, high) | ((scale >> 4) << (2 * (b >> 2)));
}

export default defineFormat({
  name: 'q3_K',
  id: 11,
  family: 'k',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 31 * 4,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
