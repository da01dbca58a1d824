import { defineFormat, type EncodableFormat, type FormatDefinition } from '../format';
import { readF16, writeF16 } from '../numeric/bytes';
import { MAX_F16 } from '../numeric/f16';
import { largestMagnitude } from '../numeric/largest';
import { decodeBytes, LARGEST_CODE, quotientCodes } from '../packing/signed-bytes';

const BLOCK_LENGTH = 256;
const BYTES_PER_BLOCK = 258;
const QS = 2;

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [
    { name: 'd', offsetBytes: 0, lengthBytes: 2, as: 'f16' },
    { name: 'qs', offsetBytes: QS, lengthBytes: BLOCK_LENGTH, as: 'i8' },
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
    quotientCodes(weights, start, BLOCK_LENGTH, d, out, block + QS);
  }
}

/**
 * Rows of signed bytes with a binary16 scale for each 256 weights, x = d * q: the single rows of `name`. They are no type of files: those of q8_K have an
 * f32 and sums.
 */
export function rowsOfBytes<const Name extends string>(name: Name, id: number): EncodableFormat<Name> {
  return defineFormat({
    name,
    id,
    family: 'k',
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
}
