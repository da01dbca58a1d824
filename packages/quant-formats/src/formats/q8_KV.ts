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
import { f32At, i8At, readF32, writeBits32, writeF32 } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';
import { roundHalfEven } from '../numeric/round';
import { storeAsF32 } from '../search/store';

const BLOCK_LENGTH = 32;
const BYTES_PER_BLOCK = 32;
const ROW_PREFIX_BYTES = 8;
const SUM = 4;
/** The scale spends the codes -127 to 127; -128 is left unused, so that both signs reach equally far. */
const LARGEST_CODE = 127;

const store = storeAsF32(LARGEST_CODE);

const layout: FormatDefinition['layout'] = {
  rowPrefix: [
    { name: 'd', offsetBytes: 0, lengthBytes: 4, as: 'f32' },
    { name: 'sum', offsetBytes: SUM, lengthBytes: 4, as: 'i32' },
  ],
  block: [{ name: 'qs', offsetBytes: 0, lengthBytes: BYTES_PER_BLOCK, as: 'i8' }],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF32(bytes, 0);
  for (let i = 0; i < out.length; i++) out[i] = d * i8At(bytes, ROW_PREFIX_BYTES + i);
}

function encodeRow(weights: Float32Array, _importance: Float32Array | undefined, out: Uint8Array): void {
  let largest = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, Math.abs(f32At(weights, i)));
  const d = writeF32(out, 0, store(largest / LARGEST_CODE));
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const code = d === 0 ? 0 : roundHalfEven(f32At(weights, i) / d);
    const within = Math.min(Math.max(code, -LARGEST_CODE), LARGEST_CODE);
    out[ROW_PREFIX_BYTES + i] = within;
    sum += within;
  }
  writeBits32(out, SUM, sum);
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
