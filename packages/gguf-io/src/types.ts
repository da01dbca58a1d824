import type { FormatName } from '@halftone/quant-formats';

/** The thirteen value types of GGUF metadata, by the names of the specification. */
export type GgufValueType =
  | 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'bool' | 'string' | 'array' | 'uint64' | 'int64' | 'float64';

/** One row of the tensor table. */
export interface GgufTensor {
  readonly name: string;
  /** Lengths of the dimensions in ggml's order, fastest first: a matrix of (rows, columns) is `[columns, rows]`. */
  readonly dimensions: readonly number[];
  readonly format: FormatName;
  /** First byte of the data, counted from the start of the file. */
  readonly byteOffset: number;
  /** Exact length of the data, row prefixes included, padding left out. */
  readonly byteLength: number;
}

/** Bytes that can be read by range: a file, memory, an HTTP resource. */
export interface RandomAccessSource {
  /** For error messages: a path or a URL. */
  readonly name: string;
  /** Length in bytes. */
  readonly byteLength: number;
  /** Fill `into` with the bytes from `offset` on. Throws a `GgufError` with code `truncated` when they are not there. */
  read(offset: number, into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
