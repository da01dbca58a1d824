import { bytesPerRow, encodeRows, formats, type FormatName } from '@halftone/quant-formats';
import { addErrors, NO_ERROR, rowErrors, type SquareErrorSums } from './square-error';

/** Rows to encode. Crosses to a worker thread, so it is plain data; `source` is handed over, not copied. */
export interface EncodeTask {
  readonly sourceFormat: FormatName;
  /** Equal to `sourceFormat` for tensors that are kept: then the rows are checked and handed back as they are. */
  readonly format: FormatName;
  readonly columns: number;
  readonly rows: number;
  /** The rows as the source file has them. */
  readonly source: Uint8Array<ArrayBuffer>;
  /** One value per column, the same for every row. */
  readonly importance: Float32Array | undefined;
}

/** Why rows were not encoded. Rows and columns are counted from the first of the task. */
export type EncodeRefusal =
  /** A weight of the source is NaN or infinite. */
  | { readonly kind: 'not-finite'; readonly row: number; readonly column: number; readonly value: number }
  /** A finite weight lies beyond the range of the wanted format. */
  | { readonly kind: 'out-of-range'; readonly row: number; readonly column: number; readonly value: number }
  /** The encoded row decodes to NaN or infinity. */
  | { readonly kind: 'encoding-failed'; readonly row: number };

/** What became of a task. */
export type EncodeResult =
  | { readonly kind: 'encoded'; readonly bytes: Uint8Array<ArrayBuffer>; readonly errors: SquareErrorSums }
  | EncodeRefusal;

/** Encode the rows of `task`, or check them where the format does not change. Runs in a worker thread. */
export function encodeWindow(task: EncodeTask): EncodeResult {
  return task.sourceFormat === task.format ? checkKept(task) : encode(task);
}

function checkKept({ sourceFormat, columns, rows, source }: EncodeTask): EncodeResult {
  const rowBytes = bytesPerRow(formats[sourceFormat], columns);
  const weights = new Float32Array(columns);
  for (let row = 0; row < rows; row++) {
    formats[sourceFormat].decodeRow(source.subarray(row * rowBytes, (row + 1) * rowBytes), weights);
    const column = firstBeyond(weights, Number.MAX_VALUE);
    if (column !== undefined) return refusedWeight(row, column, weights);
  }
  return { kind: 'encoded', bytes: source, errors: NO_ERROR };
}

function encode({ sourceFormat, format, columns, rows, source, importance }: EncodeTask): EncodeResult {
  const from = formats[sourceFormat];
  const to = formats[format];
  const sourceRowBytes = bytesPerRow(from, columns);
  const rowBytes = bytesPerRow(to, columns);
  const bytes = new Uint8Array(rows * rowBytes);
  const weights = new Float32Array(columns);
  const decoded = new Float32Array(columns);
  let errors = NO_ERROR;
  for (let row = 0; row < rows; row++) {
    from.decodeRow(source.subarray(row * sourceRowBytes, (row + 1) * sourceRowBytes), weights);
    const column = firstBeyond(weights, to.largestWeight);
    if (column !== undefined) return refusedWeight(row, column, weights);
    const encoded = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
    encodeRows(to, weights, columns, importance, encoded);
    // What the file holds is what is judged.
    to.decodeRow(encoded, decoded);
    const ofRow = rowErrors(weights, decoded, importance);
    // The squares of finite 32-bit floats add up to a finite double: only a decoded NaN or infinity does not.
    if (!Number.isFinite(ofRow.error)) return { kind: 'encoding-failed', row };
    errors = addErrors(errors, ofRow);
  }
  return { kind: 'encoded', bytes, errors };
}

function refusedWeight(row: number, column: number, weights: Float32Array): EncodeRefusal {
  const value = weights[column] ?? NaN;
  return { kind: Number.isFinite(value) ? 'out-of-range' : 'not-finite', row, column, value };
}

/** The first value that is NaN, infinite or of larger magnitude than `limit`. */
function firstBeyond(values: Float32Array, limit: number): number | undefined {
  // NaN is within no limit. A flag instead of a way out keeps the loop over a good row short.
  let isWithin = true;
  for (const value of values) isWithin = isWithin && Math.abs(value) <= limit;
  return isWithin ? undefined : values.findIndex((value) => !(Math.abs(value) <= limit));
}
