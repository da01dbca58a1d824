import { FormatError } from '../error';
import { bytesPerRow, type FormatDefinition } from '../format';
import { checkRowBytes } from '../rows';

/** Whether rows of one format become rows of another by moving bits alone: one is the other, interleaved. */
export function isRepacking(from: FormatDefinition, to: FormatDefinition): boolean {
  return to.interleaved?.single === from || from.interleaved?.single === to;
}

/**
 * Turn single rows into interleaved ones, or interleaved ones into single ones. No bit is lost: the way back gives the same bytes.
 *
 * @param bytes - whole rows of `columns` weights of the format `from`, as many as stand together in the interleaved one, or a multiple
 * @param out - room for as many rows of the format `to`
 * @throws {@link FormatError} `unsupported` when neither format is the other one, interleaved; `wrong-length` when the lengths do not fit each other.
 */
export function repackRows(
  from: FormatDefinition,
  to: FormatDefinition,
  bytes: Uint8Array,
  columns: number,
  out: Uint8Array,
): void {
  const { format, interleaving } = interleavedOf(from, to);
  const [fromBytes, toBytes] = [bytesPerRow(from, columns), bytesPerRow(to, columns)];
  const rows = bytes.length / fromBytes;
  checkRowBytes(format, columns, rows, format === from ? bytes.length : out.length);
  checkRowBytes(interleaving.single, columns, rows, format === from ? out.length : bytes.length);
  for (let row = 0; row < rows; row += interleaving.rows) {
    const end = row + interleaving.rows;
    const source = bytes.subarray(row * fromBytes, end * fromBytes);
    const target = out.subarray(row * toBytes, end * toBytes);
    if (format === to) interleaving.interleave(source, columns, target);
    else interleaving.deinterleave(source, columns, target);
  }
}

function interleavedOf(
  from: FormatDefinition,
  to: FormatDefinition,
): { format: FormatDefinition; interleaving: NonNullable<FormatDefinition['interleaved']> } {
  if (to.interleaved?.single === from) return { format: to, interleaving: to.interleaved };
  if (from.interleaved?.single === to) return { format: from, interleaving: from.interleaved };
  throw new FormatError(
    'unsupported',
    `rows of ${from.name} do not become rows of ${to.name} by moving bits`,
    {
      advice: 'Decode and encode them instead.',
    },
  );
}
