/*
 * iq1_kt: 256 weights in eights, each the eight numbers that follow a state of 13 bits in a generator (packing/trellis.ts); eight blocks of
 * 32 with one of sixteen scales each, under one f32 per row.
 *
 *   row prefix: 4 bytes
 *   +-----------+
 *   | d         |
 *   | f32       |
 *   | bytes 0-3 |
 *   +-----------+
 *   block: 256 weights in 56 bytes
 *   +-----------+------------+--------------+
 *   | sh        | ql         | qh           |
 *   | 8 x u8    | 32 x u8    | 32 x nibbles |
 *   | bytes 0-7 | bytes 8-39 | bytes 40-55  |
 *   +-----------+------------+--------------+
 *
 * Eight g = i/8 of 32, in block b = i/32:
 *   state, bits 0-7:   ql[g]
 *   state, bits 8-11:  bits 0-3 (b < 4) or 4-7 (b >= 4) of qh[g%16]
 *   state, bit 12:     bit 4 + g%4 of sh[b]
 *   scale:             IQ4_VALUES[bits 0-3 of sh[b]]
 * Restore: x = d * scale * number[i%8] of state + 4096, rounded to f32 after the first product and after the second.
 */
import { IQ4_VALUES } from '../codebooks/iq4';
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readF32, u8At, valueAt, writeF32 } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { restoreTrellis } from '../packing/trellis';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F32, storeAsF32 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 56;
const ROW_PREFIX_BYTES = 4;
const QL = 8;
const QH = 40;
/** Added to an index, it is the state that a group of weights follows from. */
const FIRST_STATE = 4096;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.of(-126, 126),
  trellis: {
    dimensions: 8,
    states: 8192,
    firstState: FIRST_STATE,
    magnitudes: false,
    borders: [Float32Array.of(0)],
    reach: 4,
    hasNearTrials: false,
  },
  shifts: [0],
  multipliers: { least: -127, greatest: 113, step: 1, among: Float32Array.from(IQ4_VALUES.subarray(0, 16)) },
  probes: [90, -90],
  evenParity: false,
  growth: 0,
  store: storeAsF32(127 * 126),
  smallestSuperScale: SMALLEST_F32,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f32' }],
  block: [
    { name: 'sh', offsetBytes: 0, lengthBytes: 8, as: 'u8' },
    { name: 'ql', offsetBytes: QL, lengthBytes: 32, as: 'u8' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 16, as: 'nibbles' },
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
      const sh = u8At(bytes, block + (g >> 2));
      const high = (u8At(bytes, block + QH + (g & 15)) >> (4 * (g >> 4))) & 15;
      const state = u8At(bytes, block + QL + g) | (high << 8) | (((sh >> (4 + (g & 3))) & 1) << 12);
      const scale = Math.fround(d * valueAt(IQ4_VALUES, sh & 15));
      restoreTrellis(state + FIRST_STATE, scale, out, start + 8 * g, 8);
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
    out[block + b] = IQ4_VALUES.indexOf(i16At(search.multipliers, (start >> 5) + b));
  }
  for (let g = 0; g < 32; g++) {
    const index = search.points[start + 8 * g] ?? 0;
    const high = block + QH + (g & 15);
    const highest = block + (g >> 2);
    out[block + QL + g] = index;
    out[high] = u8At(out, high) | (((index >> 8) & 15) << (4 * (g >> 4)));
    out[highest] = u8At(out, highest) | ((index >> 12) << (4 + (g & 3)));
  }
}

export default defineFormat({
  name: 'iq1_kt',
  id: 158,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  // No state has numbers that are all near the largest.
  largestWeight: MAX_F32 / 2,
  importance: 'required',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
