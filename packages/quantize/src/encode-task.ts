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

/** What became of a task. */
export type EncodeResult =
  | { readonly kind: 'encoded'; readonly bytes: Uint8Array<ArrayBuffer>; readonly errors: SquareErrorSums }
  /** A weight of the source is NaN or infinite. Rows are counted from the first of the task. */
  | { readonly kind: 'not-finite'; readonly row: number; readonly column: number; readonly value: number }
  /** A finite weight lies beyond the range of the wanted format. */
  | { readonly kind: 'out-of-range'; readonly row: number; readonly column: number; readonly value: number };

/** Encode the rows of `task`, or check them where the format does not change. Runs in a worker thread. */
export function encodeWindow(task: EncodeTask): EncodeResult {
  const { columns, rows, source, importance } = task;
  const from = formats[task.sourceFormat];
  const to = formats[task.format];
  const sourceRowBytes = bytesPerRow(from, columns);
  const rowBytes = bytesPerRow(to, columns);
  const isKept = task.sourceFormat === task.format;
  const bytes = isKept ? source : new Uint8Array(rows * rowBytes);
  const weights = new Float32Array(columns);
  const decoded = new Float32Array(columns);
  let errors = NO_ERROR;
  for (let row = 0; row < rows; row++) {
    from.decodeRow(source.subarray(row * sourceRowBytes, (row + 1) * sourceRowBytes), weights);
    const column = firstBeyond(weights, to.largestWeight);
    if (column !== undefined) return badWeight(row, column, weights[column] ?? NaN);
    if (isKept) continue;
    const rowOut = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
    encodeRows(to, weights, columns, importance, rowOut);
    // What the file holds is what is judged.
    to.decodeRow(rowOut, decoded);
    errors = addErrors(errors, rowErrors(weights, decoded, importance));
  }
  return { kind: 'encoded', bytes, errors };
}

function badWeight(row: number, column: number, value: number): EncodeResult {
  return { kind: Number.isFinite(value) ? 'out-of-range' : 'not-finite', row, column, value };
}

/** The first value that is NaN, infinite or of larger magnitude than `limit`. */
function firstBeyond(values: Float32Array, limit: number): number | undefined {
  // NaN is within no limit. A flag instead of a way out keeps the loop over a good row short.
  let isWithin = true;
  for (const value of values) isWithin = isWithin && Math.abs(value) <= limit;
  return isWithin ? undefined : values.findIndex((value) => !(Math.abs(value) <= limit));
}
