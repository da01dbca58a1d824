import { Environment, type Interpreter } from '@huggingface/jinja';

/** A value while a template is rendered: an object of the library with the plain value in `value`. */
export type Value = ReturnType<Interpreter['evaluate']>;
/** A text. */
export type TextValue = Extract<Value, { readonly value: string }>;
/** A whole number or a float. */
export type NumberValue = Extract<Value, { readonly value: number }>;
/** True or false. */
export type TruthValue = Extract<Value, { readonly value: boolean }>;
/** A list; a tuple is one as well. */
export type ListValue = Extract<Value, { readonly value: Value[] }>;
/** A dict or a namespace. The keys of a dict may be numbers as well, of which the library's types say nothing. */
export type MapValue = Extract<Value, { readonly value: Map<string, Value> }>;
/** Something that can be called. */
export type CallableValue = Extract<Value, { readonly value: (...given: never[]) => unknown }>;

type Class<Made extends Value> = new (value: Made['value']) => Made;

/** The class that the library has for such a value: it exports none. */
function classOf<Made extends Value>(sample: unknown): Class<Made> {
  return new Environment().set('sample', sample).constructor as Class<Made>;
}

const Text = classOf<TextValue>('');
const Integer = classOf<NumberValue>(0);
const Float = classOf<NumberValue>(0.5);
const Truth = classOf<TruthValue>(true);
const List = classOf<ListValue>([]);
const Dict = classOf<MapValue>({});
const Callable = classOf<CallableValue>(() => undefined);

/** What is not there. Of its class, and of the next one, every value holds nothing. */
export const missing: Value = new Environment().set('missing', undefined);
/** Python's `None`. */
const none: Value = new Environment().set('none', null);

/** A text as a value. */
export const text = (value: string): Value => new Text(value);
/** A whole number as a value. */
export const integer = (value: number): Value => new Integer(value);
/** True or false as a value. */
export const truth = (value: boolean): Value => new Truth(value);
/** A list. */
export const list = (items: Value[]): Value => new List(items);
/** A dict; its keys are texts and numbers. */
export const dict = (entries: Iterable<readonly [string | number, Value]>): Value =>
  new Dict(new Map(entries) as Map<string, Value>);
/** A function. */
export const callable = (value: CallableValue['value']): Value => new Callable(value);

/** Whether a value is a text. */
export const isText = (value: Value): value is TextValue => typeof value.value === 'string';
/** Whether a value is a number, and none of true and false. */
export const isNumber = (value: Value): value is NumberValue => typeof value.value === 'number';
/** Whether a value is true or false. */
export const isTruth = (value: Value): value is TruthValue => typeof value.value === 'boolean';
/** Whether a value is a list. */
export const isList = (value: Value): value is ListValue => Array.isArray(value.value);
/** Whether a value is a dict or a namespace. */
export const isMap = (value: Value): value is MapValue => value.value instanceof Map;
/** Whether a value is a dict. */
export const isDict = (value: Value): value is MapValue => value instanceof Dict;
/** Whether a value is a float. */
export const isFloat = (value: Value): boolean => value instanceof Float;
/** Whether a value is Python's `None`. */
export const isNone = (value: Value): boolean => value.constructor === none.constructor;
/** Whether there is no value. */
export const isMissing = (value: Value): boolean => value.constructor === missing.constructor;

/** The number that a number, or true or false, is in Python; `undefined` for anything else. */
export function numberOf(value: Value): number | undefined {
  if (isNumber(value)) return value.value;
  return isTruth(value) ? Number(value.value) : undefined;
}

/** Whether a value counts as true. */
export function isTrue(value: Value): boolean {
  return value.__bool__().value;
}

/** The keys and values of a dict. */
export function entriesOf(map: MapValue): (readonly [key: Value, value: Value])[] {
  const entries = [...(map.value as ReadonlyMap<string | number, Value>)];
  return entries.map(([key, value]) => [typeof key === 'string' ? text(key) : integer(key), value]);
}

/** The value of a key in a dict. */
export function valueAt(map: MapValue, key: Value): Value | undefined {
  const plain = isText(key) ? key.value : numberOf(key);
  return (map.value as ReadonlyMap<unknown, Value>).get(plain);
}

/** What a loop over a value runs through: nothing, where there is no value. */
export function itemsOf(value: Value): readonly Value[] {
  if (isList(value)) return value.value;
  if (isText(value)) return Array.from(value.value, text);
  if (isDict(value)) return entriesOf(value).map(([key]) => key);
  if (isMissing(value)) return [];
  throw new TypeError(`'${typeName(value)}' object is not iterable`);
}

/** How Python calls the type of a value. */
export function typeName(value: Value): string {
  if (isText(value)) return 'str';
  if (isNumber(value)) return isFloat(value) ? 'float' : 'int';
  if (isTruth(value)) return 'bool';
  if (isList(value)) return 'list';
  if (isMap(value)) return isDict(value) ? 'dict' : 'Namespace';
  if (isNone(value)) return 'NoneType';
  return isMissing(value) ? 'Undefined' : 'function';
}
