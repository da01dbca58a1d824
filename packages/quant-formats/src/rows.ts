import { FormatError } from './error';
import { bytesPerRow, rowsTogether, type FormatDefinition } from './format';

/**
 * Decode rows of `columns` weights from `bytes`, which holds whole rows one after another, into `out` (rows x columns).
 *
 * @throws {@link FormatError} `wrong-length` when the lengths do not fit each other.
 */
export function decodeRows(
  format: FormatDefinition,
  bytes: Uint8Array,
  columns: number,
  out: Float32Array,
): void {
  const rowBytes = checkDecodeLengths(format, bytes, columns, out);
  const rows = rowsTogether(format);
  for (let row = 0; row * columns < out.length; row += rows) {
    format.decodeRow(
      bytes.subarray(row * rowBytes, (row + rows) * rowBytes),
      out.subarray(row * columns, (row + rows) * columns),
    );
  }
}

/**
 * Encode `weights` (rows x columns, finite) into `out`, one row after another. `importance` has one finite, non-negative value
 * per column, the same for every row; formats without use for it ignore it. That the values are finite is the caller's to check.
 *
 * @throws {@link FormatError} `unsupported` when the format can only be read, `importance-required` when it needs an
 * importance vector and has none, `wrong-length` when the lengths do not fit each other.
 */
export function encodeRows(
  format: FormatDefinition,
  weights: Float32Array,
  columns: number,
  importance: Float32Array | undefined,
  out: Uint8Array,
): void {
  const { rowBytes, encodeRow } = checkEncodeArguments(format, weights, columns, importance, out);
  const rows = rowsTogether(format);
  for (let row = 0; row * columns < weights.length; row += rows) {
    encodeRow(
      weights.subarray(row * columns, (row + rows) * columns),
      importance,
      out.subarray(row * rowBytes, (row + rows) * rowBytes),
    );
  }
}

/**
 * The checks of {@link decodeRows}, for a backend that decodes by other means; returns the bytes of one row.
 *
 * @throws {@link FormatError} as {@link decodeRows} does.
 */
export function checkDecodeLengths(
  format: FormatDefinition,
  bytes: Uint8Array,
  columns: number,
  out: Float32Array,
): number {
  return checkLengths(format, columns, out.length, bytes.length);
}

/**
 * The checks of {@link encodeRows}, for a backend that encodes by other means; returns the bytes of one row and the format's
 * own encoder.
 *
 * @throws {@link FormatError} as {@link encodeRows} does.
 */
export function checkEncodeArguments(
  format: FormatDefinition,
  weights: Float32Array,
  columns: number,
  importance: Float32Array | undefined,
  out: Uint8Array,
): { rowBytes: number; encodeRow: NonNullable<FormatDefinition['encodeRow']> } {
  const { encodeRow } = format;
  if (encodeRow === undefined)
    throw new FormatError('unsupported', `${format.name} can be decoded but not encoded`);
  const rowBytes = checkLengths(format, columns, weights.length, out.length);
  checkImportance(format, columns, importance);
  return { rowBytes, encodeRow };
}

/** Check that `weights` numbers in rows of `columns` take `bytes` bytes; returns the bytes of one row. */
function checkLengths(format: FormatDefinition, columns: number, weights: number, bytes: number): number {
  const { name, blockLength } = format;
  if (!Number.isSafeInteger(columns) || columns <= 0 || columns % blockLength !== 0) {
    throw wrongLength(`${name}: columns in a row`, columns, `multiples of ${blockLength}`);
  }
  const rows = rowsTogether(format);
  if (weights % (rows * columns) !== 0) {
    const together = rows === 1 ? '' : ` in each of ${rows} rows that stand together`;
    throw wrongLength(
      `${name}: weights`,
      weights,
      `multiples of ${rows * columns}: ${columns} columns${together}`,
    );
  }
  const rowBytes = bytesPerRow(format, columns);
  const expected = (weights / columns) * rowBytes;
  if (bytes !== expected) {
    throw wrongLength(
      `${name}: bytes of ${weights / columns} rows of ${columns} weights`,
      bytes,
      String(expected),
    );
  }
  return rowBytes;
}

/**
 * Check that `rows` rows of `columns` weights take `bytes` bytes.
 *
 * @throws {@link FormatError} `wrong-length`.
 */
export function checkRowBytes(format: FormatDefinition, columns: number, rows: number, bytes: number): void {
  checkLengths(format, columns, rows * columns, bytes);
}

function checkImportance(
  format: FormatDefinition,
  columns: number,
  importance: Float32Array | undefined,
): void {
  if (importance === undefined) {
    if (format.importance !== 'required') return;
    throw new FormatError(
      'importance-required',
      `${format.name} cannot be encoded without an importance vector`,
      {
        advice: 'Give an importance matrix, or choose another format.',
      },
    );
  }
  if (importance.length !== columns) {
    throw wrongLength(
      `${format.name}: importance values`,
      importance.length,
      `one for each of ${columns} columns`,
    );
  }
}

function wrongLength(what: string, found: number, allowed: string): FormatError {
  return new FormatError('wrong-length', `${what}: wrong length`, { found, allowed });
}
