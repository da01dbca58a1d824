/*
 * iq4_kss: iq4_ks in exactly 4 bits per weight; the scales hide in the words of the indices. Eight blocks of 32 weights, each
 * eight 16-bit words, under one f32 scale per row.
 *
 *   row prefix: 4 bytes
 *   +-----------+
 *   | d         |
 *   | f32       |
 *   | bytes 0-3 |
 *   +-----------+
 *   block: 256 weights in 128 bytes
 *   +-------------+
 *   | qs          |
 *   | 64 x u16    |
 *   | bytes 0-127 |
 *   +-------------+
 *
 * Words 8 b to 8 b + 7 hold block b = i/32. Of word w[k] (k in 0..7):
 *   bit 0:      bit k of the block's scale byte, which reads as in iq4_ks: bit 0 the table, bits 1-7 the scale
 *   bits 1-15:  v = w[k] & 0xfffe; the four indices are the nibbles of v ^ (v >> 1)
 * Those words, low byte first, are 16 bytes; weight i lives in bits 0-3 (i%32 < 16) or 4-7 (i%32 >= 16) of byte i%16.
 * Restore: x = d * (scale - 127) * table[index], rounded to f32 after the first product and after the second.
 *
 * v ^ (v >> 1) with bit 0 of v zero reaches the 2^15 words of even parity: the four indices of a word have an even number of set
 * bits together. The bit that pays for the scales is so lost by four weights in common, and an encoder chooses which one bends.
 */
import { IQ4_VALUES } from '../codebooks/iq4';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF32, readU16, u8At, valueAt, writeF32, writeU16 } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F32, storeAsF32 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 128;
const ROW_PREFIX_BYTES = 4;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.from(IQ4_VALUES.subarray(0, 16)),
  shifts: [0, 4],
  multipliers: { least: -127, greatest: 127, step: 2 },
  probes: [-142, -134, -128, -122, -106, 112, 120, 128],
  evenParity: true,
  growth: 1,
  store: storeAsF32(127 * 127),
  smallestSuperScale: SMALLEST_F32,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f32' }],
  block: [{ name: 'qs', offsetBytes: 0, lengthBytes: 128, as: 'u16' }],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF32(bytes, 0);
  for (let start = 0, words = ROW_PREFIX_BYTES; start < out.length; start += 32, words += 16) {
    decodeThirtyTwo(bytes, words, d, out, start);
  }
}

/** 32 weights from the eight words at byte `words`. */
function decodeThirtyTwo(
  bytes: Uint8Array,
  words: number,
  d: number,
  out: Float32Array,
  start: number,
): void {
  let scaleByte = 0;
  for (let k = 0; k < 8; k++) scaleByte |= (u8At(bytes, words + 2 * k) & 1) << k;
  const scale = Math.fround(d * ((scaleByte & 254) - 127));
  const table = (scaleByte & 1) << 4;
  for (let k = 0; k < 8; k++) {
    const coded = readU16(bytes, words + 2 * k) & 0xfffe;
    const indices = coded ^ (coded >> 1);
    const at = start + 2 * k;
    out[at] = scale * valueAt(IQ4_VALUES, table | (indices & 15));
    out[at + 16] = scale * valueAt(IQ4_VALUES, table | ((indices >> 4) & 15));
    out[at + 1] = scale * valueAt(IQ4_VALUES, table | ((indices >> 8) & 15));
    out[at + 17] = scale * valueAt(IQ4_VALUES, table | (indices >> 12));
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  search.encode(weights, importance, 0, weights.length);
  writeF32(out, 0, search.superScale);
  for (let b = 0; b < weights.length >> 5; b++) {
    const scaleByte = (i16At(search.multipliers, b) + 127) | u8At(search.variants, b);
    encodeThirtyTwo(out, ROW_PREFIX_BYTES + 16 * b, scaleByte, search.codes, 32 * b);
  }
}

/** Eight words at byte `words` from the codes of 32 weights. */
function encodeThirtyTwo(
  out: Uint8Array,
  words: number,
  scaleByte: number,
  codes: Uint8Array,
  start: number,
): void {
  for (let k = 0; k < 8; k++) {
    const at = start + 2 * k;
    const low = u8At(codes, at) | (u8At(codes, at + 16) << 4);
    const indices = low | (u8At(codes, at + 1) << 8) | (u8At(codes, at + 17) << 12);
    writeU16(out, words + 2 * k, undoXorWithHalf(indices) | ((scaleByte >> k) & 1));
  }
}

/** The 16 bits v of which `v ^ (v >> 1)` is `word`: bit i of v is the parity of bits i and up, so bit 0 is zero for even parity. */
function undoXorWithHalf(word: number): number {
  let v = word ^ (word >> 1);
  v ^= v >> 2;
  v ^= v >> 4;
  return v ^ (v >> 8);
}

export default defineFormat({
  name: 'iq4_kss',
  id: 146,
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
