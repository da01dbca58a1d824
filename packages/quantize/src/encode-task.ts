import { bytesPerRow, formats, type FormatDefinition, type FormatName } from '@halftone/quant-formats';
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
  const kept = task.sourceFormat === task.format;
  const bytes = kept ? source : new Uint8Array(rows * rowBytes);
  const weights = new Float32Array(columns);
  const decoded = new Float32Array(columns);
  let errors = NO_ERROR;
  for (let row = 0; row < rows; row++) {
    from.decodeRow(source.subarray(row * sourceRowBytes, (row + 1) * sourceRowBytes), weights);
    const bad = firstNotFinite(weights);
    if (bad !== undefined) return { kind: 'not-finite', row, column: bad, value: weights[bad] ?? NaN };
    if (kept) continue;
    encodeRow(to, weights, importance, bytes.subarray(row * rowBytes, (row + 1) * rowBytes), decoded);
    const beyond = firstNotFinite(decoded);
    if (beyond !== undefined)
      return { kind: 'out-of-range', row, column: beyond, value: weights[beyond] ?? NaN };
    errors = addErrors(errors, rowErrors(weights, decoded, importance));
  }
  return { kind: 'encoded', bytes, errors };
}

/** Encode one row into `out`, and decode it again into `decoded`: what the file holds is what is judged. */
function encodeRow(
  format: FormatDefinition,
  weights: Float32Array,
  importance: Float32Array | undefined,
  out: Uint8Array,
  decoded: Float32Array,
): void {
  if (format.encodeRow === undefined)
    throw new Error(`a plan never names ${format.name}, which cannot be written`);
  format.encodeRow(weights, importance, out);
  format.decodeRow(out, decoded);
}

function firstNotFinite(values: Float32Array): number | undefined {
  // A sum is not finite if a term is not, so one pass without branches clears nearly every row.
  let sum = 0;
  for (const value of values) sum += value * 0;
  if (sum === 0) return undefined;
  return values.findIndex((value) => !Number.isFinite(value));
}
