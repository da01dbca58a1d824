/*
 * A tensor as rows. Mostly a file holds the rows as they are. Where they have one prefix in common, it holds that once: p of two rows,
 *
 *   in a file:  +-----------------+-----------------+---+---------+
 *               | blocks of row 0 | blocks of row 1 | p | padding |
 *               +-----------------+-----------------+---+---------+
 *   as rows:    +---+-----------------+---+-----------------+
 *               | p | blocks of row 0 | p | blocks of row 1 |
 *               +---+-----------------+---+-----------------+
 */
import { bytesPerRow, formats, rowCount } from '@halftone/quant-formats';
import type { GgufTensor, GgufTensorShape, RandomAccessSource } from '../types';

/** Bytes of all rows of a tensor, one behind the other. */
export function rowsByteLength({ dimensions, format }: GgufTensorShape): number {
  const [columns = 1] = dimensions;
  return rowCount(dimensions) * bytesPerRow(formats[format], columns);
}

/** Fill `into` with the bytes of rows from `byteOffset` on, counted from the first byte of the first row. */
export async function readRowBytes(
  source: RandomAccessSource,
  tensor: GgufTensor,
  byteOffset: number,
  into: Uint8Array,
): Promise<void> {
  const format = formats[tensor.format];
  if (format.tensorSuffixBytes === undefined) {
    await source.read(tensor.byteOffset + byteOffset, into);
    return;
  }
  const rowBytes = bytesPerRow(format, tensor.dimensions[0] ?? 1);
  const firstRow = Math.floor(byteOffset / rowBytes);
  const count = Math.ceil((byteOffset + into.length) / rowBytes) - firstRow;
  const start = byteOffset - firstRow * rowBytes;
  const isWhole = start === 0 && into.length === count * rowBytes;
  const rows = isWhole ? into : new Uint8Array(count * rowBytes);
  const blockBytes = rowBytes - format.rowPrefixBytes;
  const prefix = new Uint8Array(format.rowPrefixBytes);
  await source.read(tensor.byteOffset + tensor.byteLength - format.tensorSuffixBytes, prefix);
  await source.read(
    tensor.byteOffset + firstRow * blockBytes,
    rows.subarray(rows.length - count * blockBytes),
  );
  layPrefixes(rows, prefix, blockBytes);
  if (!isWhole) into.set(rows.subarray(start, start + into.length));
}

/** From the blocks of some rows at the end of `rows`, make rows: each lies at or before the place that its blocks have. */
function layPrefixes(rows: Uint8Array, prefix: Uint8Array, blockBytes: number): void {
  const rowBytes = prefix.length + blockBytes;
  const count = rows.length / rowBytes;
  for (let row = 0; row < count; row++) {
    const blocks = count * prefix.length + row * blockBytes;
    rows.copyWithin(row * rowBytes + prefix.length, blocks, blocks + blockBytes);
    rows.set(prefix, row * rowBytes);
  }
}
