import { bytesPerRow, encodeRows, formats } from '@halftone/quant-formats';
import type { Cache, Indices, Values, Weights } from '../../device/device';
import type { Counts } from '../ops';

/** What the handles of a device stand for; each throws a `KernelError` for a handle that is not the device's. */
export interface Memory {
  values(handle: Values): Float32Array;
  indices(handle: Indices): Int32Array;
  /** All bytes of a weight, row after row. */
  weights(handle: Weights): Uint8Array;
  /** All bytes of a cache, cell after cell. */
  cache(handle: Cache): Uint8Array;
}

/** What an op of the reference works on. */
export interface Run {
  readonly counts: Counts;
  readonly memory: Memory;
}

/** Row `index` of (rows, width). */
export function rowOf(data: Float32Array, index: number, width: number): Float32Array {
  return data.subarray(index * width, (index + 1) * width);
}

/** Decode row `row` of a weight into `out` (columns). */
export function decodeWeightRow(memory: Memory, weights: Weights, row: number, out: Float32Array): void {
  const format = formats[weights.shape.format];
  const length = bytesPerRow(format, weights.shape.columns);
  format.decodeRow(memory.weights(weights).subarray(row * length, (row + 1) * length), out);
}

/** The bytes of one cell. */
function cellBytes(memory: Memory, cache: Cache, cell: number): Uint8Array {
  const length = bytesPerRow(formats[cache.format], cache.width);
  return memory.cache(cache).subarray(cell * length, (cell + 1) * length);
}

/** Decode a cell into `out` (width). */
export function decodeCell(memory: Memory, cache: Cache, cell: number, out: Float32Array): void {
  formats[cache.format].decodeRow(cellBytes(memory, cache, cell), out);
}

/** Put `row` (width) into a cell. What no format can hold becomes the nearest that it can. */
export function encodeCell(memory: Memory, cache: Cache, cell: number, row: Float32Array): void {
  encodeRows(formats[cache.format], row, cache.width, undefined, cellBytes(memory, cache, cell));
}
