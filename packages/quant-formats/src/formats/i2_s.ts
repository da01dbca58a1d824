/*
 * i2_s: weights of -1, 0 or 1 times one scale per tensor, two bits each: of the models that Microsoft published for bitnet.cpp. It is read
 * and not written: iq2_bn holds the same weights.
 *
 *   row prefix: 4 bytes
 *   +-----------+
 *   | d         |
 *   | f32       |
 *   | bytes 0-3 |
 *   +-----------+
 *   block: 128 weights in 32 bytes
 *   +-------------+
 *   | qs          |
 *   | 128 x bits2 |
 *   | bytes 0-31  |
 *   +-------------+
 *
 * Weight i lives in bits 6 - 2 (i/32) and 7 - 2 (i/32) of qs[i%32]: a vector of 32 bytes, shifted, has 32 weights that follow each other.
 * Restore: x = d * (q - 1).
 *
 * A file has no row prefixes: all blocks of the tensor stand one behind the other, and 32 bytes behind the last are d and padding. `readTensorRange` of
 * gguf-io lays d before each row. The code 3, which no encoder writes, restores as 2 d, as in ik_llama.cpp.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { readF32, u8At } from '../numeric/bytes';
import { MAX_F32 } from '../numeric/f32';

const BLOCK_LENGTH = 128;
const BYTES_PER_BLOCK = 32;
const ROW_PREFIX_BYTES = 4;

const layout: FormatDefinition['layout'] = {
  rowPrefix: [{ name: 'd', offsetBytes: 0, lengthBytes: ROW_PREFIX_BYTES, as: 'f32' }],
  block: [{ name: 'qs', offsetBytes: 0, lengthBytes: BYTES_PER_BLOCK, as: 'bits2' }],
};

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  const d = readF32(bytes, 0);
  for (
    let start = 0, block = ROW_PREFIX_BYTES;
    start < out.length;
    start += BLOCK_LENGTH, block += BYTES_PER_BLOCK
  ) {
    for (let i = 0; i < BYTES_PER_BLOCK; i++) {
      const codes = u8At(bytes, block + i);
      out[start + i] = d * ((codes >> 6) - 1);
      out[start + 32 + i] = d * (((codes >> 4) & 3) - 1);
      out[start + 64 + i] = d * (((codes >> 2) & 3) - 1);
      out[start + 96 + i] = d * ((codes & 3) - 1);
    }
  }
}

export default defineFormat({
  name: 'i2_s',
  id: 36,
  family: 'bn',
  blockLength: BLOCK_LENGTH,
  bytesPerBlock: BYTES_PER_BLOCK,
  rowPrefixBytes: ROW_PREFIX_BYTES,
  tensorSuffixBytes: 32,
  largestWeight: MAX_F32,
  importance: 'ignored',
  layout,
  search: undefined,
  decodeRow,
  encodeRow: undefined,
});
