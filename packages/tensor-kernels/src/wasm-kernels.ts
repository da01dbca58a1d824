import type { Kernels } from './kernels';
import { ALIGNMENT, formatsOf, PAGE_BYTES, type WasmExports } from './wasm-module';

/** How many weights are copied into the module's memory at once, where a row is not longer. */
const WINDOW_WEIGHTS = 2 ** 18;

/** The address that stands for no importance. */
const NONE = 0;

/**
 * The C++ of this package in a WebAssembly module. Rows are copied into its memory and out again, some at a time, so that its
 * memory stays small whatever the caller has.
 *
 *     __heap_base                                                     grows as needed
 *     | importance | what goes in | what comes out | scratch of a call |
 */
class WasmKernels implements Kernels {
  readonly formats: readonly string[];
  private readonly exports: WasmExports;
  private next = 0;

  constructor(exports: WasmExports) {
    this.exports = exports;
    this.formats = formatsOf(exports);
  }

  decodeRows(format: number, bytes: Uint8Array, columns: number, out: Float32Array): void {
    const rowBytes = (bytes.length / out.length) * columns;
    eachWindow(out.length / columns, columns, (first, rows) => {
      this.release();
      const from = this.put(bytes.subarray(first * rowBytes, (first + rows) * rowBytes));
      const to = this.reserve(4 * rows * columns);
      this.exports.decodeRows(format, from, rows, columns, to);
      out.set(new Float32Array(this.buffer, to, rows * columns), first * columns);
    });
  }

  encodeRows(
    format: number,
    weights: Float32Array,
    columns: number,
    importance: Float32Array | undefined,
    out: Uint8Array,
  ): void {
    const rowBytes = (out.length / weights.length) * columns;
    eachWindow(weights.length / columns, columns, (first, rows) => {
      this.release();
      const columnImportance = importance === undefined ? NONE : this.put(importance);
      const from = this.put(weights.subarray(first * columns, (first + rows) * columns));
      const to = this.reserve(rows * rowBytes);
      const scratch = this.reserve(this.exports.scratchBytes(format, columns));
      this.exports.encodeRows(format, from, rows, columns, columnImportance, to, scratch);
      out.set(new Uint8Array(this.buffer, to, rows * rowBytes), first * rowBytes);
    });
  }

  firstBeyond(weights: Float32Array, limit: number): number {
    for (let first = 0; first < weights.length; first += WINDOW_WEIGHTS) {
      this.release();
      const window = weights.subarray(first, first + WINDOW_WEIGHTS);
      const place = this.exports.firstBeyond(this.put(window), window.length, limit);
      if (place < window.length) return first + place;
    }
    return weights.length;
  }

  squareErrors(
    weights: Float32Array,
    decoded: Float32Array,
    columns: number,
    importance: Float32Array | undefined,
    sums: Float64Array,
  ): void {
    eachWindow(weights.length / columns, columns, (first, rows) => {
      this.release();
      const [start, end] = [first * columns, (first + rows) * columns];
      const columnImportance = importance === undefined ? NONE : this.put(importance);
      const total = this.put(sums);
      const rowsOf = this.put(weights.subarray(start, end));
      const decodedRows = this.put(decoded.subarray(start, end));
      this.exports.squareErrors(rowsOf, decodedRows, rows, columns, columnImportance, total);
      sums.set(new Float64Array(this.buffer, total, sums.length));
    });
  }

  private get buffer(): ArrayBuffer {
    return this.exports.memory.buffer;
  }

  /** Forget what was put and reserved. */
  private release(): void {
    this.next = this.exports.__heap_base.value;
  }

  /** The address of `bytes` bytes that nothing else uses until the next release. */
  private reserve(bytes: number): number {
    const address = Math.ceil(this.next / ALIGNMENT) * ALIGNMENT;
    this.next = address + bytes;
    const missing = this.next - this.buffer.byteLength;
    if (missing > 0) this.exports.memory.grow(Math.ceil(missing / PAGE_BYTES));
    return address;
  }

  /** Copy an array into the memory, and return its address. */
  private put(array: Uint8Array | Float32Array | Float64Array): number {
    const address = this.reserve(array.byteLength);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(this.buffer, address, array.byteLength).set(bytes);
    return address;
  }
}

/** Call `each` for windows of rows: at least one row, otherwise at most {@link WINDOW_WEIGHTS} weights. */
function eachWindow(rows: number, columns: number, each: (first: number, rows: number) => void): void {
  const rowsAtOnce = Math.max(1, Math.floor(WINDOW_WEIGHTS / columns));
  for (let first = 0; first < rows; first += rowsAtOnce) each(first, Math.min(rowsAtOnce, rows - first));
}

/** The row functions of a module that was started. */
export function wasmKernels(exports: WasmExports): Kernels {
  return new WasmKernels(exports);
}
