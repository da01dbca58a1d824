/*
 * q1_0: 128 weights as signs of one scale: for models trained with two values a weight (Bonsai). ik_llama.cpp calls it q1_0_g128.
 *
 *   block: 128 weights in 18 bytes
 *   +-----------+-------------+
 *   | d         | qs          |
 *   | f16       | 128 x bits1 |
 *   | bytes 0-1 | bytes 2-17  |
 *   +-----------+-------------+
 *
 * Weight i lives in bit i%8 of qs[i/8]. Restore: x = d where the bit is set, -d where it is not.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, readF16, u8At, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { loadErrorWeights } from '../search/weigh';

const BLOCK_LENGTH = 128;
const BYTES_PER_BLOCK = 18;
const QS = 2;

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 16, as: 'bits1' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const isPositive = (u8At(bytes, block + QS + (i >> 3)) >> (i & 7)) & 1;
      out[start + i] = isPositive ? d : -d;
    }
  }
}

function encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    writeF16(out, block, meanMagnitude(weights, importance, start));
    for (let byte = 0; byte < BLOCK_LENGTH / 8; byte++) {
      let signs = 0;
      for (let bit = 0; bit < 8; bit++) {
        if (f32At(weights, start + 8 * byte + bit) >= 0) signs |= 1 << bit;
      }
      out[block + QS + byte] = signs;
    }
  }
}

const work = { errorWeights: new Float32Array(BLOCK_LENGTH) };

/** sum(w |x|) / sum(w): the scale of least error, whatever the weights. */
function meanMagnitude(weights: Float32Array, importance: Float32Array | undefined, start: number): number {
  loadErrorWeights(work, importance, start, BLOCK_LENGTH);
  let weighted = 0;
  let weight = 0;
  for (let i = 0; i < BLOCK_LENGTH; i++) {
    weighted += f32At(work.errorWeights, i) * Math.abs(f32At(weights, start + i));
    weight += f32At(work.errorWeights, i);
  }
  return weighted / weight;
}

export default defineFormat({
  name: 'q1_0',
  id: 41,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16,
  importance: 'optional',
  layout,
  search: undefined,
  decodeRow,
  encodeRow,
});
