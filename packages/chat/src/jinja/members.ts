import { strip, type Ends } from './strip';
import {
  callable,
  isDict,
  isMissing,
  isText,
  missing,
  text,
  valueAt,
  type MapValue,
  type Value,
} from './values';

const STRIPS: ReadonlyMap<string, Ends> = new Map([
  ['strip', 'both'],
  ['lstrip', 'left'],
  ['rstrip', 'right'],
]);

/**
 * `object.name` and `object[key]` where they differ from the library's.
 *
 * @returns `undefined` for a member that is left to the library.
 * @throws TypeError for a member of what is undefined.
 */
export function memberOf(object: Value, key: Value, isComputed: boolean): Value | undefined {
  if (isMissing(object)) throw new TypeError(`undefined has no '${isText(key) ? key.value : 'items'}'`);
  if (isDict(object)) return memberOfDict(object, key, isComputed);
  const ends = isText(key) ? STRIPS.get(key.value) : undefined;
  return isText(object) && ends !== undefined ? stripping(object.value, ends) : undefined;
}

/** A key of a dict may be anything, and may be called as a method is: `dict.items` is the method then, and `dict['items']` the value. */
function memberOfDict(object: MapValue, key: Value, isComputed: boolean): Value {
  const method = isText(key) ? object.builtins.get(key.value) : undefined;
  const value = valueAt(object, key);
  return (isComputed ? (value ?? method) : (method ?? value)) ?? missing;
}

function stripping(value: string, ends: Ends): Value {
  return callable(([characters]: Value[]) =>
    text(strip(value, ends, characters !== undefined && isText(characters) ? characters.value : undefined)),
  );
}
