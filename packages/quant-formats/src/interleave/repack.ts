import { FormatError } from '../error';
import { bytesPerRow, type FormatDefinition } from '../format';
import { checkRowBytes } from '../rows';

/** Whether rows of one format become rows of another by moving bits alone: one is the other, woven. */
export function isRepacking(from: FormatDefinition, to: FormatDefinition): boolean {
  return to.interleaved?.single === from || from.interleaved?.single === to;
}

/**
 * Turn single rows into woven ones, or woven ones into single ones. No bit is lost: the way back gives the same bytes.
 *
 * @param bytes - whole rows of `columns` weights of the format `from`, as many as stand together in the woven one, or a multiple
 * @param out - room for as many rows of the format `to`
 * @throws {@link FormatError} `unsupported` when neither format is the other one, woven; `wrong-length` when the lengths do not fit each other.
 */
export function repackRows(
  from: FormatDefinition,
  to: FormatDefinition,
  bytes: Uint8Array,
  columns: number,
  out: Uint8Array,
): void {
  const { woven, interleaved } = wovenOf(from, to);
  const [fromBytes, toBytes] = [bytesPerRow(from, columns), bytesPerRow(to, columns)];
  const rows = bytes.length / fromBytes;
  checkRowBytes(woven, columns, rows, woven === from ? bytes.length : out.length);
  checkRowBytes(interleaved.single, columns, rows, woven === from ? out.length : bytes.length);
  for (let row = 0; row < rows; row += interleaved.rows) {
    const end = row + interleaved.rows;
    const source = bytes.subarray(row * fromBytes, end * fromBytes);
    const target = out.subarray(row * toBytes, end * toBytes);
    if (woven === to) interleaved.weave(source, columns, target);
    else interleaved.unweave(source, columns, target);
  }
}

function wovenOf(
  from: FormatDefinition,
  to: FormatDefinition,
): { woven: FormatDefinition; interleaved: NonNullable<FormatDefinition['interleaved']> } {
  if (to.interleaved?.single === from) return { woven: to, interleaved: to.interleaved };
  if (from.interleaved?.single === to) return { woven: from, interleaved: from.interleaved };
  throw new FormatError(
    'unsupported',
    `rows of ${from.name} do not become rows of ${to.name} by moving bits`,
    {
      advice: 'Decode and encode them instead.',
    },
  );
}
