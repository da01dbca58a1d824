/*
 * q8_0: 32 weights as signed bytes with one scale.
 *
 *   block: 32 weights in 34 bytes
 *   +-----------+------------+
 *   | d         | qs         |
 *   | f16       | 32 x i8    |
 *   | bytes 0-1 | bytes 2-33 |
 *   +-----------+------------+
 *
 * Weight i lives in byte 2+i, a signed number q. Restore: x = d * q.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { f32At, readF16, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { largestMagnitude } from '../numeric/largest';
import { roundHalfEven } from '../numeric/round';
import { decodeBytes, LARGEST_CODE } from '../packing/signed-bytes';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 34;
const QS = 2;

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
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
    // Codes are taken by the scale as it is stored, so that each is the nearest one to its weight.
    const d = writeF16(
      out,
      block,
      Math.fround(largestMagnitude(weights, start, BLOCK_LENGTH) / LARGEST_CODE),
    );
    const inverse = d === 0 ? 0 : Math.fround(1 / d);
    for (let i = 0; i < BLOCK_LENGTH; i++) {
      const code = roundHalfEven(Math.fround(f32At(weights, start + i) * inverse));
      out[block + QS + i] = Math.min(Math.max(code, -LARGEST_CODE), LARGEST_CODE);
    }
  }
}

export default defineFormat({
  name: 'q8_0',
  id: 8,
  family: 'legacy',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: MAX_F16 * LARGEST_CODE,
  importance: 'ignored',
  layout,
  search: undefined,
  constants: { largestCode: LARGEST_CODE },
  decodeRow,
  encodeRow,
});
