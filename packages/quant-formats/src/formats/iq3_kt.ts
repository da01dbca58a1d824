/*
 * iq3_kt: 256 weights in eights, each the magnitudes of the eight numbers that follow a state of 16 bits in a generator
 * (packing/trellis.ts), with a sign for each weight; eight blocks of 32 with a 4-bit scale each, under one f32 per row.
 *
 *   row prefix: 4 bytes
 *   +-----------+
 *   | d         |
 *   | f32       |
 *   | bytes 0-3 |
 *   +-----------+
 *   block: 256 weights in 100 bytes
 *   +-------------+------------+-------------+
 *   | scales      | ql         | qh          |
 *   | 8 x nibbles | 32 x u16   | 256 x bits1 |
 *   | bytes 0-3   | bytes 4-67 | bytes 68-99 |
 *   +-------------+------------+-------------+
 *
 * Weight i, in block b = i/32:
 *   state:  ql[i/8]
 *   sign:   bit b of qh[i%32]: 1 for minus
 *   scale:  bits 0-3 (b < 4) or 4-7 (b >= 4) of scales[b%4]
 * Restore: x = d * scale * |number[i%8] of state + 4096|, minus where the sign is set, rounded to f32 after the first product and after the
 * second.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, i16At, readF32, readU16, u8At, writeF32, writeU16 } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { restoreTrellis } from '../packing/trellis';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F32, storeAsF32 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 100;
const ROW_PREFIX_BYTES = 4;
const QL = 4;
const QH = 68;
/** Added to an index, it is the state that a group of weights follows from. */
const FIRST_STATE = 4096;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.of(0, 126),
  trellis: {
    dimensions: 8,
    states: 65536,
    firstState: FIRST_STATE,
    magnitudes: true,
    borders: [Float32Array.of(25, 55)],
    reach: 5,
    hasNearTrials: false,
  },
  shifts: [0],
  multipliers: { least: 0, greatest: 15, step: 1 },
  probes: [65, 80, 95],
  evenParity: false,
  growth: 0,
  store: storeAsF32(15 * 126),
  smallestSuperScale: SMALLEST_F32,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f32' }],
  block: [
    { name: 'scales', offsetBytes: 0, lengthBytes: 4, as: 'nibbles' },
    { name: 'ql', offsetBytes: QL, lengthBytes: 64, as: 'u16' },
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
    for (let g = 0; g < 32; g++) {
      const b = g >> 2;
      const scale = Math.fround(d * ((u8At(bytes, block + (b & 3)) >> (4 * (b >> 2))) & 15));
      restoreTrellis(readU16(bytes, block + QL + 2 * g) + FIRST_STATE, scale, out, start + 8 * g, 8);
    }
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const magnitude = Math.abs(f32At(out, start + i));
      const isNegative = ((u8At(bytes, block + QH + (i & 31)) >> (i >> 5)) & 1) === 1;
      out[start + i] = isNegative ? -magnitude : magnitude;
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  search.encode(weights, importance, 0, weights.length);
  writeF32(out, 0, search.superScale);
  out.fill(0, ROW_PREFIX_BYTES);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < weights.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    packBlock(out, block, start);
  }
}

/** The chosen states and scales of the block whose first weight is weight `start` of the row. */
function packBlock(out: Uint8Array, block: number, start: number): void {
  for (let b = 0; b < 8; b++) {
    const scale = block + (b & 3);
    out[scale] = u8At(out, scale) | (i16At(search.multipliers, (start >> 5) + b) << (4 * (b >> 2)));
  }
  for (let g = 0; g < 32; g++) {
    writeU16(out, block + QL + 2 * g, search.points[start + 8 * g] ?? 0);
    const signs = u8At(search.signs, (start >> 3) + g);
    for (let j = 0; j < 8; j++) {
      const place = block + QH + 8 * (g & 3) + j;
      out[place] = u8At(out, place) | (((signs >> j) & 1) << (g >> 2));
    }
  }
}

export default defineFormat({
  name: 'iq3_kt',
  id: 154,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  // No state has numbers that are all near the largest.
  largestWeight: MAX_F32 / 2,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
