/*
 * f32: the weights as they are.
 *
 *   block: 1 weight in 4 bytes
 *   +-----------+
 *   | d         |
 *   | f32       |
 *   | bytes 0-3 |
 *   +-----------+
 *
 * Weight i lives in bytes 4i to 4i+3, little-endian. Restore: x = d, exact, NaN payloads included.
 */
import { defineFormat, type FormatDefinition } from '../format';
import { MAX_F32 } from '../numeric/f32';

const layout: FormatDefinition['layout'] = {
  rowPrefix: [],
  block: [{ name: 'd', offsetBytes: 0, lengthBytes: 4, as: 'f32' }],
};

/** The bytes of a row in memory are its bytes in the file: every platform that runs JavaScript today is little-endian. */
function bytesOf(row: Float32Array): Uint8Array {
  return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
}

function decodeRow(bytes: Uint8Array, out: Float32Array): void {
  bytesOf(out).set(bytes);
}

function encodeRow(weights: Float32Array, _importance: Float32Array | undefined, out: Uint8Array): void {
  out.set(bytesOf(weights));
}

export default defineFormat({
  name: 'f32',
  id: 0,
  family: 'float',
  blockLength: 1,
  bytesPerBlock: 4,
  rowPrefixBytes: 0,
  largestWeight: MAX_F32,
  importance: 'ignored',
  layout,
  search: undefined,
  decodeRow,
  encodeRow,
});
