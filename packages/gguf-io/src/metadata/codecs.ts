import { Cursor } from '../read/cursor';
import { MAX_ARRAY_DEPTH, MAX_HEADER_BYTES } from '../read/limits';
import type { GgufArray, GgufElements, GgufValueType } from '../types';
import type { ByteBuilder } from '../write/byte-builder';

/** How values of one type stand in the file. All numbers are little-endian. */
export interface Codec<Value> {
  /** The type's number in the file. */
  readonly id: number;
  /** Bytes of the shortest value; where `isFixed`, of every value. */
  readonly minBytes: number;
  /** Whether any `minBytes` bytes are a value, so that a run of values needs no walk. */
  readonly isFixed: boolean;
  /** Step over one value that stands in `depth` arrays, and check all that its bytes claim. */
  readonly skip: (cursor: Cursor, depth: number) => void;
  /** The value at `offset`, which `skip` has checked. */
  readonly decode: (view: DataView, offset: number) => Value;
  /** Append the value. */
  readonly encode: (value: Value, out: ByteBuilder) => void;
}

/** A codec whose values all have `byteCount` bytes. */
function fixed<Value>(
  id: number,
  byteCount: number,
  decode: (view: DataView, offset: number) => Value,
  store: (view: DataView, offset: number, value: Value) => void,
): Codec<Value> {
  return {
    id,
    minBytes: byteCount,
    isFixed: true,
    skip: (cursor) => cursor.skip(byteCount, 'a metadata value'),
    decode,
    encode: (value, out) => {
      const offset = out.grow(byteCount);
      store(out.view, offset, value);
    },
  };
}

/** One byte, 0 or 1; the specification calls a file with any other value invalid. */
const boolCodec: Codec<boolean> = {
  id: 7,
  minBytes: 1,
  isFixed: false,
  skip: (cursor) => {
    const offset = cursor.skip(1, 'a metadata value');
    const found = cursor.view.getUint8(offset);
    if (found <= 1) return;
    throw cursor.error('invalid-bool', 'a truth value is neither 0 nor 1', {
      offset,
      found,
      allowed: '0 or 1',
    });
  },
  decode: (view, offset) => view.getUint8(offset) === 1,
  encode: (value, out) => {
    const offset = out.grow(1);
    out.view.setUint8(offset, value ? 1 : 0);
  },
};

/** A byte-order mark is text like any other here; bytes that are no UTF-8 show as U+FFFD. */
const lenientText = new TextDecoder('utf-8', { ignoreBOM: true });

/** A length of 8 bytes, then the text. */
const stringCodec: Codec<string> = {
  id: 8,
  minBytes: 8,
  isFixed: false,
  skip: (cursor) => {
    const length = cursor.capped('the length of a string', MAX_HEADER_BYTES);
    cursor.skip(length, 'a string');
  },
  decode: (view, offset) => {
    // The cap keeps every length within its low 32 bits.
    const length = view.getUint32(offset, true);
    return lenientText.decode(new Uint8Array(view.buffer, view.byteOffset + offset + 8, length));
  },
  encode: (value, out) => out.text(value),
};

/** Element type (4 bytes), length (8 bytes), then the elements. */
const arrayCodec: Codec<GgufArray> = {
  id: 9,
  minBytes: 12,
  isFixed: false,
  skip: (cursor, depth) => {
    const { elementType, length } = arrayHead(cursor, depth);
    skipElements(cursor, elementType, length, depth + 1, undefined);
  },
  decode: (view, offset) => {
    const cursor = new Cursor(
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
      'a checked header',
    );
    cursor.position = offset;
    return viewArray(cursor);
  },
  encode: ({ elementType, length, encoded }, out) => {
    out.uint32(codecs[elementType].id);
    out.uint64(length);
    out.append(encoded);
  },
};

/** The thirteen types, with their numbers in the file. */
export const codecs: { readonly [Type in GgufValueType]: Codec<GgufElements[Type]> } = {
  uint8: fixed(
    0,
    1,
    (view, at) => view.getUint8(at),
    (view, at, value) => view.setUint8(at, value),
  ),
  int8: fixed(
    1,
    1,
    (view, at) => view.getInt8(at),
    (view, at, value) => view.setInt8(at, value),
  ),
  uint16: fixed(
    2,
    2,
    (view, at) => view.getUint16(at, true),
    (view, at, value) => view.setUint16(at, value, true),
  ),
  int16: fixed(
    3,
    2,
    (view, at) => view.getInt16(at, true),
    (view, at, value) => view.setInt16(at, value, true),
  ),
  uint32: fixed(
    4,
    4,
    (view, at) => view.getUint32(at, true),
    (view, at, value) => view.setUint32(at, value, true),
  ),
  int32: fixed(
    5,
    4,
    (view, at) => view.getInt32(at, true),
    (view, at, value) => view.setInt32(at, value, true),
  ),
  float32: fixed(
    6,
    4,
    (view, at) => view.getFloat32(at, true),
    (view, at, value) => view.setFloat32(at, value, true),
  ),
  bool: boolCodec,
  string: stringCodec,
  array: arrayCodec,
  uint64: fixed(
    10,
    8,
    (view, at) => view.getBigUint64(at, true),
    (view, at, value) => view.setBigUint64(at, value, true),
  ),
  int64: fixed(
    11,
    8,
    (view, at) => view.getBigInt64(at, true),
    (view, at, value) => view.setBigInt64(at, value, true),
  ),
  float64: fixed(
    12,
    8,
    (view, at) => view.getFloat64(at, true),
    (view, at, value) => view.setFloat64(at, value, true),
  ),
};

const typesById = new Map(
  Object.keys(codecs)
    .filter(isValueType)
    .map((type) => [codecs[type].id, type]),
);

function isValueType(name: string): name is GgufValueType {
  return name in codecs;
}

/** The type of a value that follows, as its number. */
export function readValueType(cursor: Cursor): GgufValueType {
  const offset = cursor.position;
  const id = cursor.uint32('the type of a metadata value');
  const type = typesById.get(id);
  if (type !== undefined) return type;
  throw cursor.error('unknown-value-type', 'a metadata value has an unknown type', {
    offset,
    found: id,
    allowed: '0 to 12',
  });
}

/** What stands before the elements of an array; the elements are known to fit into what is left of the header. */
function arrayHead(cursor: Cursor, depth: number): { elementType: GgufValueType; length: number } {
  if (depth >= MAX_ARRAY_DEPTH) {
    throw cursor.error('over-limit', 'arrays stand in too many arrays', {
      offset: cursor.position,
      allowed: `up to ${MAX_ARRAY_DEPTH} levels`,
    });
  }
  const elementType = readValueType(cursor);
  const length = cursor.uint64('the length of an array');
  cursor.need(length * codecs[elementType].minBytes, 'the elements of an array');
  return { elementType, length };
}

/** Step over the elements of an array; where they tell their own length, note in `starts` where each begins. */
function skipElements(
  cursor: Cursor,
  elementType: GgufValueType,
  length: number,
  depth: number,
  starts: Uint32Array | undefined,
): void {
  const { isFixed, minBytes, skip } = codecs[elementType];
  if (isFixed) {
    cursor.skip(length * minBytes, 'the elements of an array');
    return;
  }
  const first = cursor.position;
  for (let index = 0; index < length; index++) {
    if (starts !== undefined) starts[index] = cursor.position - first;
    skip(cursor, depth);
  }
}

/** Step over an array and give a view of it. */
function viewArray(cursor: Cursor): GgufArray {
  const { elementType, length } = arrayHead(cursor, 0);
  const starts = codecs[elementType].isFixed ? undefined : new Uint32Array(length);
  const first = cursor.position;
  skipElements(cursor, elementType, length, 1, starts);
  return arrayView(elementType, cursor.bytes.subarray(first, cursor.position), starts);
}

/** Elements that are decoded where they stand. */
class ArrayView<Type extends GgufValueType> {
  readonly elementType: Type;
  readonly length: number;
  readonly encoded: Uint8Array;
  readonly #view: DataView;
  /** Where each element begins; `undefined` where all are equally long. */
  readonly #starts: Uint32Array | undefined;

  constructor(elementType: Type, encoded: Uint8Array, starts: Uint32Array | undefined) {
    this.elementType = elementType;
    this.length = starts?.length ?? encoded.length / codecs[elementType].minBytes;
    this.encoded = encoded;
    this.#view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
    this.#starts = starts;
  }

  at(index: number): GgufElements[Type] | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) return undefined;
    return this.#decode(index);
  }

  *[Symbol.iterator](): Generator<GgufElements[Type]> {
    for (let index = 0; index < this.length; index++) yield this.#decode(index);
  }

  #decode(index: number): GgufElements[Type] {
    const { decode, minBytes } = codecs[this.elementType];
    return decode(this.#view, this.#starts?.[index] ?? index * minBytes);
  }
}

/** A view of elements that have been checked; `starts` as {@link skipElements} notes them. */
export function arrayView<Type extends GgufValueType>(
  elementType: Type,
  encoded: Uint8Array,
  starts: Uint32Array | undefined,
): GgufArray<Type> {
  return new ArrayView(elementType, encoded, starts);
}
