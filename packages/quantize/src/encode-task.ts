import { formats, isRepacking, repackRows, type FormatName } from '@halftone/quant-formats';
import { NO_ERROR, type Backend, type SquareErrorSums } from '@halftone/tensor-kernels';

/** Rows to encode. Crosses to a worker thread, so it is plain data; `source` and `output` are handed over, not copied. */
export interface EncodeTask {
  readonly sourceFormat: FormatName;
  /** Equal to `sourceFormat` for tensors that are kept: then the rows are checked and handed back as they are. */
  readonly format: FormatName;
  readonly columns: number;
  readonly rows: number;
  /** The rows as the source file has them. */
  readonly source: Uint8Array<ArrayBuffer>;
  /** Room for the encoded rows; none where the format does not change. */
  readonly output: Uint8Array<ArrayBuffer>;
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
  | {
      readonly kind: 'encoded';
      /** The `output` of the task, or its `source` where the format does not change. */
      readonly bytes: Uint8Array<ArrayBuffer>;
      /** The other one, to be used again. */
      readonly spent: Uint8Array<ArrayBuffer>;
      readonly errors: SquareErrorSums;
    }
  | EncodeRefusal;

/** Encodes windows of rows with one backend, and keeps the room for their weights between windows. */
export class WindowEncoder {
  readonly #backend: Backend;
  #weights = new Float32Array(0);
  #decoded = new Float32Array(0);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Encode the rows of `task`; where the format does not change check them, and where it interleaves rows or takes them apart move their bits. */
  encode(task: EncodeTask): EncodeResult {
    const { sourceFormat, format, columns, rows, source, output } = task;
    this.#reserve(rows * columns);
    const weights = this.#weights.subarray(0, rows * columns);
    this.#backend.decodeRows(sourceFormat, source, columns, weights);
    const isKept = sourceFormat === format || isRepacking(formats[sourceFormat], formats[format]);
    const place = this.#backend.firstBeyond(
      weights,
      isKept ? Number.MAX_VALUE : formats[format].largestWeight,
    );
    if (place !== undefined) return refusedWeight(place, columns, weights[place] ?? NaN);
    if (!isKept) return this.#encode(task, weights);
    if (sourceFormat === format) return { kind: 'encoded', bytes: source, spent: output, errors: NO_ERROR };
    repackRows(formats[sourceFormat], formats[format], source, columns, output);
    return { kind: 'encoded', bytes: output, spent: source, errors: NO_ERROR };
  }

  #encode(task: EncodeTask, weights: Float32Array): EncodeResult {
    const { format, columns, importance, source, output: bytes } = task;
    this.#backend.encodeRows(format, weights, columns, importance, bytes);
    // What the file holds is what is judged.
    const decoded = this.#decoded.subarray(0, weights.length);
    this.#backend.decodeRows(format, bytes, columns, decoded);
    const errors = this.#backend.squareErrors(weights, decoded, columns, importance);
    // The squares of finite 32-bit floats add up to a finite double: only with a decoded NaN or infinity they do not.
    if (Number.isFinite(errors.error)) return { kind: 'encoded', bytes, spent: source, errors };
    const place = this.#backend.firstBeyond(decoded, Number.MAX_VALUE) ?? 0;
    return { kind: 'encoding-failed', row: Math.floor(place / columns) };
  }

  #reserve(length: number): void {
    if (length <= this.#weights.length) return;
    this.#weights = new Float32Array(length);
    this.#decoded = new Float32Array(length);
  }
}

function refusedWeight(place: number, columns: number, value: number): EncodeRefusal {
  const kind = Number.isFinite(value) ? 'out-of-range' : 'not-finite';
  return { kind, row: Math.floor(place / columns), column: place % columns, value };
}
