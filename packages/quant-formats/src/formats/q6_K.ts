/*
 * q6_K: 256 weights of 6 bits; sixteen blocks of 16 with a signed 8-bit scale each, under one f16 scale.
 *
 *   block: 256 weights in 210 bytes
 *   +---------------+---------------+---------------+---------------+
 *   | ql            | qh            | scales        | d             |
 *   | 256 x nibbles | 256 x bits2   | 16 x i8       | f16           |
 *   | bytes 0-127   | bytes 128-191 | bytes 192-207 | bytes 208-209 |
 *   +---------------+---------------+---------------+---------------+
 *
 * The block is two halves of 128. In half h, weight i = 32 g + j (g in 0..3, j in 0..31):
 *   low four bits:  bits 0-3 (g < 2) or 4-7 (g >= 2) of ql[64 h + 32 (g%2) + j]
 *   high two bits:  bits 2g to 2g+1 of qh[32 h + j]
 *   scale:          scales[8 h + i/16]
 * Restore: x = d * scale * (q - 32).
 *
 * Each byte serves weights 32 or 64 apart, so that a vector of 32 bytes, masked and shifted, gives 32 neighbouring weights.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, i8At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 210;
const QL = 0;
const QH = 128;
const SCALES = 192;
const D = 208;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: Float32Array.from({ length: 64 }, (_, q) => q - 32),
  shifts: [0],
  multipliers: { least: -128, greatest: 127, step: 1 },
  probes: [-32.5, -32, -31.75, -31.25, -30.75, -29, -28, -27, -25, -24, 26, 30],
  evenParity: false,
  growth: 1,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'ql', offsetBytes: QL, lengthBytes: 128, as: 'nibbles' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 64, as: 'bits2' },
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 16, as: 'i8' },
    { name: 'd', offsetBytes: D, lengthBytes: 2, as: 'f16' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block + D);
    for (let sixteen = 0; sixteen < 16; sixteen++) {
      decodeSixteen(
        bytes,
        block,
        sixteen,
        d * i8At(bytes, block + SCALES + sixteen),
        out,
        start + 16 * sixteen,
      );
    }
  }
}

/** The `sixteen`-th run of 16 weights in a block, which share a scale and lie in the same bits of 16 bytes in a row. */
function decodeSixteen(
  bytes: Uint8Array,
  block: number,
  sixteen: number,
  scale: number,
  out: Float32Array,
  start: number,
): void {
  const half = sixteen >> 3;
  const group = (sixteen >> 1) & 3;
  const within = 16 * (sixteen & 1);
  const low = block + QL + 64 * half + 32 * (group & 1) + within;
  const high = block + QH + 32 * half + within;
  const lowShift = 4 * (group >> 1);
  const highShift = 2 * group;
  for (let i = 0; i < 16; i++) {
    const q = ((u8At(bytes, low + i) >> lowShift) & 15) | (((u8At(bytes, high + i) >> highShift) & 3) << 4);
    out[start + i] = scale * (q - 32);
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    for (let sixteen = 0; sixteen < 16; sixteen++)
      out[block + SCALES + sixteen] = i16At(search.multipliers, sixteen);
    writeF16(out, block + D, search.superScale);
    for (let i = 0; i < BLOCK_LENGTH; i++) writeCode(out, block, i, u8At(search.codes, i));
  }
}

/** Code of weight `i` of a block, into bits that are zero. */
function writeCode(out: Uint8Array, block: number, i: number, q: number): void {
  const half = i >> 7;
  const group = (i >> 5) & 3;
  const low = block + QL + 64 * half + 32 * (group & 1) + (i & 31);
  const high = block + QH + 32 * half + (i & 31);
  out[low] = u8At(out, low) | ((q & 15) << (4 * (group >> 1)));
  out[high] = u8At(out, high) | ((q >> 4) << (2 * group));
}

export default defineFormat({
  name: 'q6_K',
  id: 14,
  family: 'k',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 128 * 32,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
