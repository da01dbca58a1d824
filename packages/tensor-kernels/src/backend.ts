import type { FormatName } from '@halftone/quant-formats';
import type { SquareErrorSums } from './square-error';

/** The backends, the fastest first. */
export const backendNames = ['native', 'wasm', 'reference'] as const;

/** `native`: C++ for this processor. `wasm`: the same C++ as WebAssembly. `reference`: TypeScript, the truth of the others. */
export type BackendName = (typeof backendNames)[number];

/**
 * Arithmetic over rows of weights: the one door to it, whatever is behind.
 *
 * - Matrices are typed arrays, row after row; the caller keeps them, and a backend holds none of them after a call.
 * - Every backend gives the same bits, but for the payload of a NaN.
 * - Calls are synchronous and use the thread they are made on. Work is spread by giving each worker thread a backend of its own
 *   (docs/decisions/2026-11-23-threads-outside-the-backend.md).
 */
export interface Backend {
  readonly name: BackendName;
  /** The backend that encodes and decodes rows of a format: this one, or the reference where it has no code for it. */
  runs(format: FormatName): BackendName;
  /** One line for a person: what does the work, and why this one. */
  describe(): string;
  /**
   * Decode rows of `columns` weights from `bytes`, which holds whole rows, into `out` (rows x columns).
   *
   * @throws `FormatError` `wrong-length` when the lengths do not fit each other.
   */
  decodeRows(format: FormatName, bytes: Uint8Array, columns: number, out: Float32Array): void;
  /**
   * Encode `weights` (rows x columns, finite) into `out`, one row after another. `importance` has one finite, non-negative value
   * per column, the same for every row.
   *
   * @throws `FormatError` `unsupported`, `importance-required` or `wrong-length`, as `encodeRows` of quant-formats does.
   */
  encodeRows(
    format: FormatName,
    weights: Float32Array,
    columns: number,
    importance: Float32Array | undefined,
    out: Uint8Array,
  ): void;
  /** The place of the first weight that is NaN or of larger magnitude than `limit`, or `undefined` if there is none. */
  firstBeyond(weights: Float32Array, limit: number): number | undefined;
  /**
   * The square errors of `decoded` against `weights`, both rows x columns. All arithmetic is in double precision; the sums of a
   * row are taken in the order of its columns, then added to those of the rows before.
   *
   * @throws `KernelError` `wrong-length` when the lengths do not fit each other.
   */
  squareErrors(
    weights: Float32Array,
    decoded: Float32Array,
    columns: number,
    importance: Float32Array | undefined,
  ): SquareErrorSums;
}
