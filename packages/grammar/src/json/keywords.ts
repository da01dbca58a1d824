/** A JSON schema, as it comes out of JSON. */
export type JsonSchema = boolean | Keywords;

/** The words of a schema. */
export type Keywords = Readonly<Record<string, unknown>>;

/** What a value is in JSON. `integer` is a number, too. */
export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';

/** All types, those that close soonest first. */
export const ALL_TYPES: readonly JsonType[] = ['string', 'number', 'boolean', 'null', 'array', 'object'];

const typeNames: ReadonlySet<unknown> = new Set<JsonType>([...ALL_TYPES, 'integer']);

/** The types that a schema names; all where it names none that is known. */
export function typesOf({ type }: Keywords): readonly JsonType[] {
  const named = listed(type).filter((one): one is JsonType => typeNames.has(one));
  return named.length === 0
    ? ALL_TYPES
    : named.filter((one) => one !== 'integer' || !named.includes('number'));
}

/** What `type` may say, in words. */
export const ALLOWED_TYPES = 'string, number, integer, boolean, null, array, object, or a list of them';

/** Whether a schema names one type, and no other. */
export function isOfOneType({ type }: Keywords, only: JsonType): boolean {
  return type !== undefined && listed(type).every((one) => one === only);
}

/** What a schema gives as a type and is none, as JSON. */
export function unknownTypes({ type }: Keywords): readonly string[] {
  if (type === undefined) return [];
  return listed(type)
    .filter((one) => !typeNames.has(one))
    .map((one) => JSON.stringify(one));
}

/** Whether a value is of one of some types. */
export function isOfTypes(value: unknown, types: readonly JsonType[]): boolean {
  if (typeof value === 'number')
    return types.includes('number') || (types.includes('integer') && Number.isInteger(value));
  return types.includes(otherTypeOf(value));
}

/** The type of a value that is no number. */
function otherTypeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'string') return 'string';
  return typeof value === 'boolean' ? 'boolean' : 'object';
}

/** A schema, or one that says nothing. */
export function asSchema(value: unknown): JsonSchema {
  return typeof value === 'boolean' || isKeywords(value) ? value : true;
}

/** Whether a value is an object of JSON. */
export function isKeywords(value: unknown): value is Keywords {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list, or none. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A list, or a list of the one value; nothing for nothing. */
export function listed(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The words of an object, or none. */
export function asKeywords(value: unknown): Keywords {
  return isKeywords(value) ? value : {};
}

/** A text that is the same for values that are. */
export function valueText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isKeywords(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
