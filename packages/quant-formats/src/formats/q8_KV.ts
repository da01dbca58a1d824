/*
 * q8_KV: weights as signed bytes with one scale per row, and the sum of the bytes, which products need where activations are not centred: made for caches of
 * keys and values.
 *
 *   row prefix: 8 bytes
 *   +-----------+-----------+
 *   | d         | sum       |
 *   | f32       | i32       |
 *   | bytes 0-3 | bytes 4-7 |
 *   +-----------+-----------+
 *   block: 32 weights in 32 bytes
 *   +------------+
 *   | qs         |
 *   | 32 x i8    |
 *   | bytes 0-31 |
 *   +------------+
 *
 * Weight i lives in byte i behind the prefix, a signed number q. Restore: x = d * q. The sum says nothing new, and is not looked at.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readF32, writeBits32, writeF32 } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { largestMagnitude } from '../numeric/largest';
import { decodeBytes, LARGEST_CODE, quotientCodes } from '../packing/signed-bytes';
import { storeAsF32 } from '../search/store';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 32;
const ROW_PREFIX_BYTES = 8;
const SUM = 4;

const store = storeAsF32(LARGEST_CODE);

const layout: FormatDefinition['layout'] = {
  rowPrefix: [
    { name: 'd', offsetBytes: 0, lengthBytes: 4, as: 'f32' },
    { name: 'sum', offsetBytes: SUM, lengthBytes: 4, as: 'i32' },
  ],
  block: [{ name: 'qs', offsetBytes: 0, lengthBytes: BYTES_PER_BLOCK, as: 'i8' }],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  decodeBytes(bytes, ROW_PREFIX_BYTES, readF32(bytes, 0), out, 0, out.length);
}

function encodeRow(weights: Float32Array, _importance: Float32Array | undefined, out: Uint8Array): void {
  const d = writeF32(out, 0, store(largestMagnitude(weights, 0, weights.length) / LARGEST_CODE));
  writeBits32(out, SUM, quotientCodes(weights, 0, weights.length, d, out, ROW_PREFIX_BYTES));
}

export default defineFormat({
  name: 'q8_KV',
  id: 151,
  family: 'kv',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  largestWeight: MAX_F32,
  importance: 'ignored',
  layout,
  search: undefined,
  constants: { largestCode: LARGEST_CODE },
  decodeRow,
  encodeRow,
});
