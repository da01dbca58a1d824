import { GgufError } from '../error';
import { Cursor } from '../read/cursor';
import type { GgufArray, GgufElements, GgufValue, GgufValueType } from '../types';
import { ByteBuilder } from '../write/byte-builder';
import { arrayView, codecs, readArray, readValueType } from './codecs';

/** Read the type of a metadata value and the value. */
export function readValue(cursor: Cursor): GgufValue {
  const type = readValueType(cursor);
  return type === 'array' ? { type, value: readArray(cursor) } : readScalar(type, cursor);
}

function readScalar<Type extends GgufValueType>(type: Type, cursor: Cursor): GgufValue<Type> {
  const start = cursor.position;
  codecs[type].walk(cursor, { count: 1, depth: 0 });
  const value = codecs[type].decode(cursor.view, start);
  if (!mayLoseBytes(value)) return { type, value };
  return { type, value, exactBytes: cursor.bytes.subarray(start, cursor.position) };
}

/** Text that shows U+FFFD may have stood there in other bytes; a NaN has a payload that a number need not keep. */
function mayLoseBytes(value: GgufElements[GgufValueType]): boolean {
  return typeof value === 'string' ? value.includes('\uFFFD') : Number.isNaN(value);
}

/**
 * Append the type of a metadata value and the value.
 *
 * @throws GgufError `invalid-value` for a value that does not fit its type, or exact bytes of another value; `key` is told.
 */
export function appendValue(key: string, entry: GgufValue, out: ByteBuilder): void {
  const { type, value, exactBytes } = entry;
  const what = `the value of ${JSON.stringify(key)}`;
  out.uint32(codecs[type].id);
  if (exactBytes === undefined) {
    appendElement(what, type, value, out);
  } else if (isReadFrom(exactBytes, entry)) {
    out.append(exactBytes);
  } else {
    throw new GgufError('invalid-value', `${what} is not what its exactBytes say`, {
      found: typeof value === 'object' ? undefined : String(value),
      advice: 'Leave exactBytes out where the value is a new one.',
    });
  }
}

/** Whether `bytes` are one value and no more, which reads as `value`. NaN is NaN, whatever its payload. */
function isReadFrom(bytes: Uint8Array, { type, value }: GgufValue): boolean {
  const cursor = new Cursor(bytes, 'exactBytes');
  try {
    codecs[type].walk(cursor, { count: 1, depth: 0 });
  } catch (error) {
    if (error instanceof GgufError) return false;
    throw error;
  }
  return cursor.position === bytes.length && Object.is(codecs[type].decode(cursor.view, 0), value);
}

function appendElement<Type extends GgufValueType>(
  what: string,
  type: Type,
  value: GgufElements[Type],
  out: ByteBuilder,
): void {
  const start = out.length;
  codecs[type].encode(value, out);
  // The elements of an array were checked when it was made.
  if (type === 'array' || isKept(type, value, codecs[type].decode(out.view, start))) return;
  throw new GgufError('invalid-value', `${what} does not fit its type, ${type}`, {
    found: typeof value === 'object' ? undefined : String(value),
    advice: 'Choose a type that holds it; text must not hold half of a surrogate pair.',
  });
}

/** Whether the value reads back as it was given. A float32 may lose digits, but not become infinite. */
function isKept(type: GgufValueType, given: unknown, readBack: unknown): boolean {
  const isFloat = type === 'float32' || type === 'float64';
  return isFloat ? Number.isFinite(given) === Number.isFinite(readBack) : given === readBack;
}

/**
 * Make a metadata array: `ggufArray('string', ['a', 'b'])`.
 *
 * @throws GgufError `invalid-value` for an element that does not fit the type.
 */
export function ggufArray<Type extends GgufValueType>(
  elementType: Type,
  elements: Iterable<GgufElements[Type]>,
): GgufArray<Type> {
  const out = new ByteBuilder();
  const starts: number[] = [];
  for (const element of elements) {
    starts.push(out.length);
    appendElement(`element ${starts.length - 1}`, elementType, element, out);
  }
  return arrayView(
    elementType,
    out.bytes,
    codecs[elementType].isFixed ? undefined : Uint32Array.from(starts),
  );
}
