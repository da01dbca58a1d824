/*
 * iq4_kt: 256 weights in fours, each the four numbers that follow a state of 15 bits in a generator (packing/trellis.ts); eight blocks of 32
 * with a 7-bit scale and a choice of two halves of the generator each, under one f32 per row.
 *
 *   row prefix: 4 bytes
 *   +-----------+
 *   | d         |
 *   | f32       |
 *   | bytes 0-3 |
 *   +-----------+
 *   block: 256 weights in 128 bytes
 *   +------------+-------------+--------------+
 *   | qs         | ql          | qh           |
 *   | 16 x u16   | 64 x u8     | 64 x nibbles |
 *   | bytes 0-31 | bytes 32-95 | bytes 96-127 |
 *   +------------+-------------+--------------+
 *
 * Four g = i/4 of 64, in block b = i/32 with its 32 bits w = qs[2 b] | qs[2 b + 1] << 16:
 *   state, bits 0-7:    ql[g]
 *   state, bits 8-11:   bits 0-3 (g < 32) or 4-7 (g >= 32) of qh[g%32]
 *   state, bits 12-14:  bits 8 + 3 (g%8) to 8 + 3 (g%8) + 2 of w
 *   half:               bit 0 of w: 1 for states that are 32768 higher
 *   scale:              bits 1-7 of w
 * Restore: x = d * (scale - 64) * number[i%4] of state + 4096, rounded to f32 after the first product and after the second.
 *
 * ggml has one field qs of 32-bit words, which holds all three.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { i16At, readBits32, readF32, u8At, writeBits32, writeF32 } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { restoreTrellis } from '../packing/trellis';
import { ScaleSearch } from '../search/index';
import { SMALLEST_F32, storeAsF32 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 128;
const ROW_PREFIX_BYTES = 4;
const QL = 32;
const QH = 96;
/** Added to an index, it is the state that a group of weights follows from. */
const FIRST_STATE = 4096;
const SECOND_HALF = 32768;

const search = new ScaleSearch({
  kind: 'scale',
  blockLength: 32,
  codebook: Float32Array.of(-126, 126),
  trellis: {
    dimensions: 4,
    states: 32768,
    firstState: FIRST_STATE,
    magnitudes: false,
    borders: [Float32Array.of(-46, -27, -9, 9, 27, 46)],
    reach: 3,
    hasNearTrials: true,
  },
  shifts: [0, SECOND_HALF],
  multipliers: { least: -64, greatest: 63, step: 1 },
  probes: [80],
  retries: { count: 2, step: 3 },
  evenParity: false,
  growth: 0,
  store: storeAsF32(64 * 126),
  smallestSuperScale: SMALLEST_F32,
});

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f32' }],
  block: [
    { name: 'qs', offsetBytes: 0, lengthBytes: 32, as: 'u16' },
    { name: 'ql', offsetBytes: QL, lengthBytes: 64, as: 'u8' },
    { name: 'qh', offsetBytes: QH, lengthBytes: 32, as: 'nibbles' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF32(bytes, 0);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < out.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    for (let g = 0; g < 64; g++) {
      const word = readBits32(bytes, block + 4 * (g >> 3));
      const high = (u8At(bytes, block + QH + (g & 31)) >> (4 * (g >> 5))) & 15;
      const highest = (word >>> (8 + 3 * (g & 7))) & 7;
      const index = u8At(bytes, block + QL + g) | (high << 8) | (highest << 12);
      const state = index + FIRST_STATE + ((word & 1) === 0 ? 0 : SECOND_HALF);
      restoreTrellis(state, Math.fround(d * (((word >> 1) & 127) - 64)), out, start + 4 * g, 4);
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
    let word =
      u8At(search.variants, (start >> 5) + b) | ((i16At(search.multipliers, (start >> 5) + b) + 64) << 1);
    for (let k = 0; k < 8; k++) {
      const g = 8 * b + k;
      const index = search.points[start + 4 * g] ?? 0;
      const high = block + QH + (g & 31);
      out[block + QL + g] = index;
      out[high] = u8At(out, high) | (((index >> 8) & 15) << (4 * (g >> 5)));
      word |= (index >> 12) << (8 + 3 * k);
    }
    writeBits32(out, block + 4 * b, word);
  }
}

export default defineFormat({
  name: 'iq4_kt',
  id: 155,
  family: 'iqk',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  // No state has numbers that are all near the largest.
  largestWeight: MAX_F32 * 0.6,
  importance: 'optional',
  layout,
  search: search.description,
  decodeRow,
  encodeRow,
});
