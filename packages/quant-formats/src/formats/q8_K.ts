/*
 * q8_K: 256 weights as signed bytes with one scale, and sums of them: what kernels make of activations, for products with formats whose blocks have 256 weights.
 *
 *   block: 256 weights in 296 bytes
 *   +-----------+-----------+-------------+---------------+
 *   | d         | sum       | qs          | bsums         |
 *   | f32       | f32       | 256 x i8    | 16 x i16      |
 *   | bytes 0-3 | bytes 4-7 | bytes 8-263 | bytes 264-295 |
 *   +-----------+-----------+-------------+---------------+
 *
 * Weight i lives in byte 8+i, a signed number q. Restore: x = d * q. The sums say nothing new, and are not looked at: bsums[j] is that of the sixteen codes from
 * 16 j on, and sum that of all of them times d.
 *
 * No model file has tensors of this type. llama.cpp has a q8_K without `sum`, of 292 bytes.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readF32, writeF32, writeU16 } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { largestMagnitude } from '../numeric/largest';
import { decodeBytes, LARGEST_CODE, quotientCodes } from '../packing/signed-bytes';
import { storeAsF32 } from '../search/store';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 296;
const SUM = 4;
const QS = 8;
const BSUMS = 264;

// Such that `sum` does not overflow either.
const store = storeAsF32(LARGEST_CODE * BLOCK_LENGTH);

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 4, as: 'f32' },
    { name: 'sum', offsetBytes: SUM, lengthBytes: 4, as: 'f32' },
    { name: 'qs', offsetBytes: QS, lengthBytes: 256, as: 'i8' },
    { name: 'bsums', offsetBytes: BSUMS, lengthBytes: 32, as: 'i16' },
  ],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  for (let start = 0, block = 0; start < out.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = readF32(bytes, block);
    decodeBytes(bytes, block + QS, d, out, start, BLOCK_LENGTH);
  }
}

function encodeRow(weights: Float32Array, _importance: Float32Array | undefined, out: Uint8Array): void {
  for (let start = 0, block = 0; start < weights.length; start += BLOCK_LENGTH, block += BYTES_PER_BLOCK) {
    const d = writeF32(out, block, store(largestMagnitude(weights, start, BLOCK_LENGTH) / LARGEST_CODE));
    let sum = 0;
    for (let j = 0; j < BLOCK_LENGTH / 16; j++) {
      const sixteen = quotientCodes(weights, start + 16 * j, 16, d, out, block + QS + 16 * j);
      writeU16(out, block + BSUMS + 2 * j, sixteen);
      sum += sixteen;
    }
    writeF32(out, block + SUM, d * sum);
  }
}

export default defineFormat({
  name: 'q8_K',
  id: 15,
  family: 'activation',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: 0,
  largestWeight: store(MAX_F32) * LARGEST_CODE,
  importance: 'ignored',
  layout,
  search: undefined,
  decodeRow,
  encodeRow,
});
