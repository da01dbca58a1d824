/*
 * iq6_k: 256 weights as 6-bit indices; sixteen blocks of 16 with a signed 8-bit scale and a choice of table each, under one
 * f16 scale.
 *
 *   block: 256 weights in 212 bytes
 *   +-----------+------------+------------+---------------+---------------+
 *   | d         | extra      | scales     | qs            | qh            |
 *   | f16       | 16 x bits1 | 16 x i8    | 256 x nibbles | 256 x bits2   |
 *   | bytes 0-1 | bytes 2-3  | bytes 4-19 | bytes 20-147  | bytes 148-211 |
 *   +-----------+------------+------------+---------------+---------------+
 *
 * Weight i, in group g = i/64 and block b = i/16, with j = i%32:
 *   low four bits:  bits 0-3 (i%64 < 32) or 4-7 (i%64 >= 32) of qs[32 g + j]
 *   high two bits:  bits s to s+1 of qh[32 (g/2) + j],  s = 4 (g%2) + 2 ((i%64)/32)
 *   table:          bit b of extra: 0 the first half of IQ6_VALUES, 1 the second
 *   scale:          scales[b]
 * Restore: x = d * scale * table[index].
 *
 * Each byte of qs serves weights 32 apart, so that a vector of 32 bytes, masked and shifted, gives 32 neighbouring weights.
 */
import { IQ6_VALUES } from '../codebooks/iq6';
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, i16At, i8At, readF16, readU16, u8At, writeF16, writeU16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F16, storeAsF16 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 212;
const EXTRA = 2;
const SCALES = 4;
const QS = 20;
const QH = 148;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 16,
  codebook: IQ6_VALUES.slice(0, 64),
  shifts: [0, 1],
  multipliers: { least: -128, greatest: 127, step: 1 },
  probes: [-128, -126, -122, -120, -114, -110, 104, 110, 116, 122],
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
    { name: 'scales', offsetBytes: SCALES, lengthBytes: 16, as: 'i8' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 128, as: 'nibbles' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 64, as: 'bits2' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
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

/** The `sixteen`-th run of 16 weights in a block, which share a scale and a table and lie in the same bits of 16 bytes in a row. */
function decodeSixteen(
  bytes: Uint8Array,
  block: number,
  sixteen: number,
  scale: number,
  out: Float32Array,
  start: number,
): void {
  const group = sixteen >> 2;
  const upper = (sixteen >> 1) & 1;
  const within = 16 * (sixteen & 1);
  const low = block + QS + 32 * group + within;
  const high = block + QH + 32 * (group >> 1) + within;
  const lowShift = 4 * upper;
  const highShift = 4 * (group & 1) + 2 * upper;
  const table = ((readU16(bytes, block + EXTRA) >> sixteen) & 1) << 6;
  for (let i = 0; i < 16; i++) {
    const index =
      ((u8At(bytes, low + i) >> lowShift) & 15) | (((u8At(bytes, high + i) >> highShift) & 3) << 4);
    out[start + i] = scale * f32At(IQ6_VALUES, table | index);
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  out.fill(0);
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    search.encode(weights, importance, start, BLOCK_LENGTH);
    writeF16(out, block, search.superScale);
    let tables = 0;
    for (let b = 0; b < 16; b++) {
      out[block + SCALES + b] = i16At(search.multipliers, b);
      tables |= u8At(search.variants, b) << b;
    }
    writeU16(out, block + EXTRA, tables);
    for (let i = 0; i < BLOCK_LENGTH; i++) writeIndex(out, block, i, u8At(search.codes, i));
  }
}

/** Index of weight `i` of a block, into bits that are zero. */
function writeIndex(out: Uint8Array, block: number, i: number, index: number): void {
  const group = i >> 6;
  const upper = (i >> 5) & 1;
  const low = block + QS + 32 * group + (i & 31);
  const high = block + QH + 32 * (group >> 1) + (i & 31);
  out[low] = u8At(out, low) | ((index & 15) << (4 * upper));
  out[high] = u8At(out, high) | ((index >> 4) << (4 * (group & 1) + 2 * upper));
}

export default defineFormat({
  name: 'iq6_k',
  id: 141,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * 128 * 127,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
