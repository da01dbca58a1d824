import type { FormatName } from '@halftone/quant-formats';

/**
 * What a metadata value of each type is in TypeScript. Whole numbers of 64 bits are bigints, all other numbers are numbers.
 * The names are those of the GGUF specification.
 */
export interface GgufElements {
  uint8: number;
  int8: number;
  uint16: number;
  int16: number;
  uint32: number;
  int32: number;
  float32: number;
  bool: boolean;
  string: string;
  array: GgufArray;
  uint64: bigint;
  int64: bigint;
  float64: number;
}

/** The thirteen value types of GGUF metadata, by the names of the specification. */
export type GgufValueType = keyof GgufElements;

interface ValueOf<Type extends GgufValueType> {
  readonly type: Type;
  readonly value: GgufElements[Type];
  /**
   * The bytes as stored. Present only where `value` may not give them back: text with bytes that are no UTF-8
   * (`value` shows U+FFFD in their place), and a NaN with its payload. They are written as they are; where they do not read as
   * `value`, writing is an `invalid-value` error, so leave them out of a changed value.
   */
  readonly exactBytes?: Uint8Array;
}

interface ArrayOf<Type extends GgufValueType> extends Iterable<GgufElements[Type]> {
  readonly elementType: Type;
  readonly length: number;
  /** The elements as stored, one after the other. */
  readonly encoded: Uint8Array;
  /** The element at `index`, from 0; `undefined` outside the array. */
  at(index: number): GgufElements[Type] | undefined;
}

/** A metadata value; `type` tells the variants apart. `GgufValue<'string'>` is the variant of one type. */
export type GgufValue<Type extends GgufValueType = GgufValueType> = {
  [Variant in Type]: ValueOf<Variant>;
}[Type];

/**
 * An array of metadata, whose elements are all of one type; `elementType` tells the variants apart.
 *
 * It is a view over the stored bytes. An element is decoded when it is asked for, so that a vocabulary of 131,072 tokens
 * costs next to nothing until it is read. A view keeps the bytes of the whole header in memory.
 */
export type GgufArray<Type extends GgufValueType = GgufValueType> = {
  [Variant in Type]: ArrayOf<Variant>;
}[Type];

/** Metadata in the order of the file. */
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

/** What has to be known of a tensor to write it. */
export interface GgufTensorShape {
  readonly name: string;
  /** Lengths of the dimensions in ggml's order, fastest first: a matrix of (rows, columns) is `[columns, rows]`. */
  readonly dimensions: readonly number[];
  readonly format: FormatName;
}

/** One row of the tensor table. */
export interface GgufTensor extends GgufTensorShape {
  /** First byte of the data, counted from the start of the file. */
  readonly byteOffset: number;
  /** Exact length of the data in the file, row prefixes included, padding left out. */
  readonly byteLength: number;
}

/** The versions of the file format that are read and written. They differ in nothing but the number. */
export type GgufVersion = 2 | 3;

/** All that stands before the tensor data. An open {@link GgufFile} is one, so that copying a file needs no conversion. */
export interface GgufHeader {
  readonly version: GgufVersion;
  readonly metadata: GgufMetadata;
  readonly tensors: readonly GgufTensorShape[];
}

/** A GGUF file whose header has been read. Tensor data is read from the source when it is asked for. */
export interface GgufFile extends GgufHeader {
  readonly source: RandomAccessSource;
  readonly tensors: readonly GgufTensor[];
  /** Tensor data starts at multiples of this: `general.alignment`, or 32. */
  readonly alignment: number;
  /** Length of the header without the padding behind it. */
  readonly headerByteLength: number;
  /** Where tensor data starts: the header's length, rounded up to the alignment. */
  readonly dataOffset: number;
  /** Length of the file. */
  readonly byteLength: number;
  /**
   * False for a file that ends with its header, or within the padding behind the header. Such a file can be inspected and planned.
   * A file that holds some of its tensor data and not all of it cannot be opened (`truncated`).
   */
  readonly hasTensorData: boolean;
  /**
   * Fill `into` with the bytes of a tensor's rows from `byteOffset` on, counted from the first byte of the first row. They are those of the
   * file, but where rows have one prefix in common (`tensorSuffixBytes` of a format): it is laid before each row.
   *
   * @throws GgufError `out-of-range` when the range leaves the rows, `no-tensor-data` when the file is a header alone.
   */
  readTensorRange(tensor: GgufTensor, byteOffset: number, into: Uint8Array): Promise<void>;
  /** The bytes of all rows of a tensor. Errors as those of `readTensorRange`. */
  readTensorBytes(tensor: GgufTensor): Promise<Uint8Array>;
  /** Close the source. */
  close(): Promise<void>;
}

/** Bytes that can be read by range: a file, memory, an HTTP resource. Any object of this shape can be opened. */
export interface RandomAccessSource {
  /** For error messages: a path or a URL. */
  readonly name: string;
  /** Length in bytes. */
  readonly byteLength: number;
  /**
   * Tells these bytes from others that have had the same name: for a file, its length and when it was changed last. Left out by sources
   * that cannot tell, or never change.
   */
  readonly version?: string;
  /** Fill `into` with the bytes from `offset` on. Throws a `GgufError` with code `truncated` when they are not there. */
  read(offset: number, into: Uint8Array): Promise<void>;
  /** Throws a `GgufError` with code `changed` when the bytes may no longer be those of `version`. */
  checkUnchanged?(): Promise<void>;
  /** The files that it is made of, one behind the other. Left out by sources that are one. */
  readonly parts?: readonly SourcePart[];
  close(): Promise<void>;
}

/** One of the files of a source that is made of several. */
export interface SourcePart {
  readonly name: string;
  /** Its first byte, counted from the first of the source. */
  readonly start: number;
  readonly byteLength: number;
}

/** Where a file is written to, from its first byte to its last. Await each call before the next one. */
export interface ByteSink {
  /** For error messages: a path or a URL. */
  readonly name: string;
  /** Append `bytes`. They may be reused as soon as the promise resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** The file is complete: put it in place. */
  finish(): Promise<void>;
  /** Leave nothing behind. Does nothing after `finish`, or a second time. */
  abort(): Promise<void>;
}

/** A sink whose file stays when it is given up, so that a later one can go on with it. */
export interface PartialSink extends ByteSink {
  /** Hand all bytes to the operating system: from then on the end of this process does not harm them. */
  flush(): Promise<void>;
  /** Close the unfinished file and leave it where it is. Does nothing after `finish`, or a second time. */
  abort(): Promise<void>;
}
