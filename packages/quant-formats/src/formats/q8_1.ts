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
import { readF16, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { largestMagnitude } from '../numeric/largest';
import { decodeBytes, LARGEST_CODE, quotientCodes } from '../packing/signed-bytes';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 36;
const S = 2;
const QS = 4;

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
    decodeBytes(bytes, block + QS, d, out, start, BLOCK_LENGTH);
  }
}

function encodeRow(weights: Float32Array, _importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = writeF16(out, block, largestMagnitude(weights, start, BLOCK_LENGTH) / LARGEST_CODE);
    const sum = quotientCodes(weights, start, BLOCK_LENGTH, d, out, block + QS);
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
