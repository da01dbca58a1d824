import { BEYOND_ANY_MODEL, DAMAGED } from '../read/advice';
import { Cursor } from '../read/cursor';
import { MAX_ARRAY_DEPTH, MAX_HEADER_BYTES } from '../read/limits';
import type { GgufArray, GgufElements, GgufValueType } from '../types';
import type { ByteBuilder } from '../write/byte-builder';

/** How values of one type stand in the file. All numbers are little-endian. */
interface Codec<Value> {
  /** The type's number in the file. */
  readonly id: number;
  /** Bytes of the shortest value; where `isFixed`, of every value. */
  readonly minBytes: number;
  /** Whether all values are equally long. */
  readonly isFixed: boolean;
  /**
   * Step over `run.count` values, and check all that their bytes claim. Where values differ in length, note in `run.starts`
   * where each begins, counted from the first.
   */
  readonly walk: (cursor: Cursor, run: Run) => void;
  /** The value at `offset`, which has been walked over. */
  readonly decode: (view: DataView, offset: number) => Value;
  /** Append the value. */
  readonly encode: (value: Value, out: ByteBuilder) => void;
}

/** Values that stand one after the other. */
interface Run {
  readonly count: number;
  /** How many arrays they stand in. */
  readonly depth: number;
  readonly starts?: Uint32Array | undefined;
}

/** A codec whose values are any `byteCount` bytes. */
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
    walk: (cursor, { count }) => cursor.skip(count * byteCount, 'metadata values'),
    decode,
    encode: (value, out) => {
      const offset = out.grow(byteCount);
      store(out.view, offset, value);
    },
  };
}

/** One byte, 0 or 1; the specification calls a file with any other value invalid. */
const boolCodec: Codec<boolean> = {
  ...fixed(
    7,
    1,
    (view, offset) => view.getUint8(offset) === 1,
    (view, offset, value) => view.setUint8(offset, value ? 1 : 0),
  ),
  walk: (cursor, { count }) => {
    const start = cursor.skip(count, 'metadata values');
    const wrong = cursor.bytes.subarray(start, start + count).findIndex((byte) => byte > 1);
    if (wrong === -1) return;
    throw cursor.error('invalid-bool', 'a truth value is neither 0 nor 1', {
      offset: start + wrong,
      found: cursor.bytes[start + wrong],
      allowed: '0 or 1',
      advice: DAMAGED,
    });
  },
};

/** A byte-order mark is text like any other here; bytes that are no UTF-8 show as U+FFFD. */
const lenientText = new TextDecoder('utf-8', { ignoreBOM: true });

/** A length of 8 bytes, then the text. */
const stringCodec: Codec<string> = {
  id: 8,
  minBytes: 8,
  isFixed: false,
  walk: walkStrings,
  decode: (view, offset) => {
    // The cap of the header keeps every length within its low 32 bits.
    const length = view.getUint32(offset, true);
    return lenientText.decode(new Uint8Array(view.buffer, view.byteOffset + offset + 8, length));
  },
  encode: (value, out) => out.text(value),
};

/**
 * A vocabulary has some 400,000 strings, and opening a file comes down to this loop. So it reads the lengths itself. A string that
 * does not fit is left to the cursor, which always throws for it.
 */
function walkStrings(cursor: Cursor, { count, starts }: Run): void {
  const { view, position: first } = cursor;
  const lastLengthAt = view.byteLength - 8;
  let position = first;
  for (let index = 0; index < count; index++) {
    if (starts !== undefined) starts[index] = position - first;
    const end = position <= lastLengthAt ? position + 8 + view.getUint32(position, true) : Infinity;
    if (end > view.byteLength || view.getUint32(position + 4, true) !== 0) {
      cursor.position = position;
      cursor.skip(cursor.capped('the length of a string', MAX_HEADER_BYTES), 'a string');
    }
    position = end;
  }
  cursor.position = position;
}

/** Element type (4 bytes), length (8 bytes), then the elements. */
const arrayCodec: Codec<GgufArray> = {
  id: 9,
  minBytes: 12,
  isFixed: false,
  walk: (cursor, { count, depth, starts }) => {
    const first = cursor.position;
    for (let index = 0; index < count; index++) {
      if (starts !== undefined) starts[index] = cursor.position - first;
      const { elementType, length } = readArrayHead(cursor, depth);
      codecs[elementType].walk(cursor, { count: length, depth: depth + 1 });
    }
  },
  decode: (view, offset) => {
    const cursor = new Cursor(
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
      'a checked header',
    );
    cursor.position = offset;
    return readArray(cursor);
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
    advice: 'A newer release may know it; if not, the file is damaged.',
  });
}

/** What stands before the elements of an array. The elements are known to fit into the window of the header. */
function readArrayHead(cursor: Cursor, depth: number): { elementType: GgufValueType; length: number } {
  if (depth >= MAX_ARRAY_DEPTH) {
    throw cursor.error('over-limit', 'arrays stand in too many arrays', {
      offset: cursor.position,
      allowed: `up to ${MAX_ARRAY_DEPTH} levels`,
      advice: BEYOND_ANY_MODEL,
    });
  }
  const elementType = readValueType(cursor);
  const length = cursor.uint64('the length of an array');
  cursor.need(length * codecs[elementType].minBytes, 'the elements of an array');
  return { elementType, length };
}

/** Step over an array that stands in no other, and give a view of it. */
export function readArray(cursor: Cursor): GgufArray {
  const { elementType, length } = readArrayHead(cursor, 0);
  const { isFixed, walk } = codecs[elementType];
  const starts = isFixed ? undefined : new Uint32Array(length);
  const first = cursor.position;
  walk(cursor, { count: length, depth: 1, starts });
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

/** A view of elements that have been checked. `starts` says where each begins, unless all are equally long. */
export function arrayView<Type extends GgufValueType>(
  elementType: Type,
  encoded: Uint8Array,
  starts: Uint32Array | undefined,
): GgufArray<Type> {
  return new ArrayView(elementType, encoded, starts);
}
