/*
 * q8_1: 32 weights as signed bytes with one scale, and what they add up to: what kernels make of activations, for products with formats that have a minimum.
 *
 *   block: 32 weights in 36 bytes
 *   +-----------+-----------+------------+
 *   | d         | s         | qs         |
 *   | f16       | f16       | 32 x i8    |
 *   | bytes 0-1 | bytes 2-3 | bytes 4-35 |
 *   +-----------+-----------+------------+
 *
 * Weight i lives in byte 4+i, a signed number q. Restore: x = d * q. The sum, s = d * sum(q), says nothing new, and is not looked at.
 *
 * No model file has tensors of this type.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, i8At, readF16, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { roundHalfEven } from '../numeric/round';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 36;
const S = 2;
const QS = 4;
/** The scale spends the codes -127 to 127; -128 is left unused, so that both signs reach equally far. */
const LARGEST_CODE = 127;

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 's', offsetBytes: S, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 32, as: 'i8' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF16(bytes, block);
    for (let i = 0; i < BLOCK_LENGTH; i++) out[start + i] = d * i8At(bytes, block + QS + i);
  }
}

function encodeRow(weights: Float32Array, _importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    let largest = 0;
    for (let i = 0; i < BLOCK_LENGTH; i++) largest = Math.max(largest, Math.abs(f32At(weights, start + i)));
    const d = writeF16(out, block, largest / LARGEST_CODE);
    let sum = 0;
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const code = d === 0 ? 0 : roundHalfEven(f32At(weights, start + i) / d);
      const within = Math.min(Math.max(code, -LARGEST_CODE), LARGEST_CODE);
      out[block + QS + i] = within;
      sum += within;
    }
    writeF16(out, block + S, d * sum);
  }
}

export default defineFormat({
  name: 'q8_1',
  id: 9,
  family: 'activation',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * LARGEST_CODE,
  importance: 'ignored',
  layout,
  search: undefined,
  decodeRow,
  encodeRow,
});
