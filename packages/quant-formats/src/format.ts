import type { AffineDescription } from './search/affine/description';
import type { SearchDescription } from './search/description';

/** How the bytes of a field are read. Multi-byte values are little-endian; `nibbles`, `bits2` and `bits1` are packed, lowest bits first. */
export type FieldEncoding =
  'f16' | 'bf16' | 'f32' | 'u8' | 'i8' | 'u16' | 'i16' | 'i32' | 'nibbles' | 'bits2' | 'bits1';

/** One run of bytes in a block, or in the prefix of a row. */
export interface Field {
  /** ggml's own name of the field where it has one: `d`, `scales`, `qs`, `qh`, `extra`. */
  readonly name: string;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly as: FieldEncoding;
}

/**
 * What the format does with an importance vector when it encodes.
 * `required`: encoding without one gives unusable files and is refused. `optional`: used when given. `ignored`: rounding alone.
 */
export type ImportanceUse = 'required' | 'optional' | 'ignored';

/**
 * Kin of formats that share their way of packing. `bn`: of models trained with two or three values a weight. `activation`: of what a kernel
 * makes of activations, for its own use.
 */
export type FormatFamily = 'float' | 'legacy' | 'k' | 'iq' | 'iqk' | 'mx' | 'bn' | 'kv' | 'activation';

/** How the rows of a format are interleaved. */
export interface Interleaving {
  /** How many rows stand together: the rows of a matrix must be a multiple of it. */
  readonly rows: number;
  /** How each row would be stored by itself. */
  readonly single: EncodableFormat;
  /** ggml's name of the type for rows that are left over. */
  readonly parent: string;
  /** Whether `llama-quantize --repack` takes tensors of the type `single` to this one. */
  readonly isRepackTarget: boolean;
  /** `rows` single rows of `columns` weights, one after another, as they are interleaved. */
  interleave(singles: Uint8Array, columns: number, out: Uint8Array): void;
  /** The opposite of `interleave`. */
  deinterleave(interleaved: Uint8Array, columns: number, out: Uint8Array): void;
}

/**
 * All that is known of one format. A row of `columns` weights is stored as
 * `rowPrefixBytes + bytesPerBlock * columns / blockLength` bytes; the prefix stands before the blocks.
 */
export interface FormatDefinition<Name extends string = string> {
  /** ggml's name, case included: `q6_K`, `iq4_kss`. */
  readonly name: Name;
  /** ggml's type id, as stored in the tensor table of a GGUF file. */
  readonly id: number;
  readonly family: FormatFamily;
  /** Weights in a block. The row length must be a multiple of it. */
  readonly blockLength: number;
  readonly bytesPerBlock: number;
  readonly rowPrefixBytes: number;
  /**
   * Set where rows of a tensor have one prefix in common, which a file holds once: at the beginning of so many bytes behind all blocks
   * of the tensor. It is laid before each row when rows are read.
   */
  readonly tensorSuffixBytes?: number;
  /**
   * A weight of larger magnitude cannot be restored whatever its sign, nor, in a grid, whatever its neighbours: `encodeRow` gives the nearest there is, so who calls it and knows the
   * tensor's name must refuse such weights.
   */
  readonly largestWeight: number;
  readonly importance: ImportanceUse;
  /** Set where rows are interleaved. Lengths are then the share of one row, `layout` and the two functions are of all rows that stand together. */
  readonly interleaved?: Interleaving;
  /** Every byte of the row prefix and of the block, in order, without gaps. */
  readonly layout: { readonly rowPrefix: readonly Field[]; readonly block: readonly Field[] };
  /** All that the search for scales and codes knows of the format; `undefined` where its own encoder is all there is. */
  readonly search: SearchDescription | AffineDescription | undefined;
  /** Numbers that an encoder of its own stands on and that do not follow from anything else: twins in other languages take them from here. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Decode one row: `out.length` weights from `bytes`, which holds exactly one row. */
  decodeRow(bytes: Uint8Array, out: Float32Array): void;
  /**
   * Encode one row of finite weights into `out`, which holds exactly one row. `importance` has one finite, non-negative
   * value per column. Deterministic: the same input gives the same bytes everywhere. `undefined` where we can only read the format: no file
   * is written with it, not even a copy.
   */
  readonly encodeRow: EncodeRow | undefined;
}

type EncodeRow = (weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array) => void;

/** A format that can be written. */
export interface EncodableFormat<Name extends string = string> extends FormatDefinition<Name> {
  readonly encodeRow: EncodeRow;
}

/** Declare a format; the registry is generated from the files that call this. */
export function defineFormat<const Name extends string, Encode extends EncodeRow | undefined>(
  definition: FormatDefinition<Name> & { readonly encodeRow: Encode },
): FormatDefinition<Name> & { readonly encodeRow: Encode } {
  return definition;
}

/** How many rows of a format stand together, and are decoded and encoded together: mostly one. */
export function rowsTogether({ interleaved }: FormatDefinition): number {
  return interleaved?.rows ?? 1;
}

/** What the lengths of rows and tensors follow from. */
type Lengths = Pick<
  FormatDefinition,
  'blockLength' | 'bytesPerBlock' | 'rowPrefixBytes' | 'tensorSuffixBytes'
>;

/** Bytes of one row of `columns` weights, the row prefix included. `columns` must be a multiple of the block length. */
export function bytesPerRow(format: Lengths, columns: number): number {
  return format.rowPrefixBytes + (columns / format.blockLength) * format.bytesPerBlock;
}

/** How many rows a tensor has, counted over all dimensions but the first. */
export function rowCount([, ...others]: readonly number[]): number {
  return others.reduce((product, length) => product * length, 1);
}

/** Bytes that a tensor of `rows` rows of `columns` weights has in a file. They are those of its rows, but where rows have one prefix in common. */
export function bytesInFile(format: Lengths, columns: number, rows: number): number {
  const { tensorSuffixBytes } = format;
  if (tensorSuffixBytes === undefined) return rows * bytesPerRow(format, columns);
  return rows * (columns / format.blockLength) * format.bytesPerBlock + tensorSuffixBytes;
}
