import type { CacheFormat, WeightShape } from './device';

/** What a place in the table of buffers holds, in the order of `BufferKind` in native/program/buffers.hpp. */
export const bufferKinds = ['none', 'values', 'indices', 'weights', 'cache'] as const;

/** What can be wrong with a run, in the order of `Fault` in native/program/run.hpp. */
export const faults = ['none', 'bad-program', 'bad-handle', 'wrong-length', 'out-of-range'] as const;

/** What became of a run: the place of a fault in {@link faults}, the place of the op, what was found, and what was allowed. */
export type Outcome = readonly [fault: number, op: number, found: number, allowed: number];

/**
 * What the C++ of this package offers as a device, natively or as WebAssembly. Buffers and programs are numbers. Calls that add
 * something throw a `KernelError` when it cannot be had; while a program runs, nothing else may be called.
 */
export interface Machine {
  /** The formats it has, in the order in which calls count them. */
  readonly formats: readonly string[];
  addValues(length: number): number;
  addIndices(length: number): number;
  addCache(format: CacheFormat, cells: number, width: number): number;
  copyWeights(format: number, shape: WeightShape, bytes: Uint8Array): number;
  /** Where weights can be used as they stand in a file. */
  mapWeights?(format: number, shape: WeightShape, path: string, offset: number): number;
  addProgram(words: Uint32Array): number;
  release(handle: number): void;
  write(handle: number, offsetBytes: number, bytes: Uint8Array): void;
  read(handle: number, offsetBytes: number, into: Uint8Array): void;
  run(program: number, tokens: number, outputs: number): Promise<Outcome>;
  close(): void;
}
