import { isAnnotation } from './annotations';
import {
  ALL_TYPES,
  asKeywords,
  asList,
  isKeywords,
  typesOf,
  unknownTypes,
  type JsonSchema,
  type JsonType,
  type Keywords,
} from './keywords';

/** Properties in an `if`. Threat: each is a choice of its own. Largest: two. */
const MAX_CONDITIONS = 8;

/** Properties on which others depend, in one schema. Threat: each doubles the ways to be it. Largest: two. */
const MAX_DEPENDENTS = 4;

/** Whether a schema allows every value. */
export function isEverything(schema: unknown): boolean {
  return schema === true || (isKeywords(schema) && isOnly(schema, []));
}

/** The types that a `not` leaves; `undefined` for one that says more than types, or excepts whole numbers alone. */
export function typesBesides(not: unknown): readonly JsonType[] | undefined {
  if (!isKeywords(not) || not['type'] === undefined || !isOnly(not, ['type'])) return undefined;
  const types = typesOf(not);
  if (unknownTypes(not).length > 0 || types.includes('integer')) return undefined;
  return ALL_TYPES.filter((type) => !types.includes(type));
}

/** That an object has none of some properties. It names none: what others there may be stays as it is. */
export function withoutProperties(names: readonly string[]): Keywords {
  return { propertyNames: { not: { enum: names } } };
}

/**
 * What `dependentRequired`, `dependentSchemas` and `dependencies` of draft 7 say, as choices: a property is not there, or what depends on it
 * holds. `undefined` for too many.
 */
export function dependencyOptions(schema: Keywords): readonly (readonly JsonSchema[])[] | undefined {
  const { dependentRequired, dependentSchemas, dependencies } = schema;
  const words = [dependentRequired, dependentSchemas, dependencies];
  const entries = words.flatMap((one) => (isKeywords(one) ? Object.entries(one) : []));
  if (entries.length > MAX_DEPENDENTS) return undefined;
  return entries.map(([name, dependent]) => {
    const there = { type: 'object', required: [name, ...asList(dependent)] };
    return [
      withoutProperties([name]),
      isKeywords(dependent) || typeof dependent === 'boolean' ? { allOf: [there, dependent] } : there,
    ];
  });
}

/** What a value may not be, by a `not` of `const` or `enum`: texts, `true`, `false` and `null`. `undefined` for any other `not`. */
export function exceptedValues(not: unknown): readonly unknown[] | undefined {
  const values = constantsOf(not);
  return values?.every((value) => isText(value) || typeof value === 'boolean' || value === null) === true
    ? values
    : undefined;
}

/**
 * What `if`, `then` and `else` say, as options of which one has to hold; `undefined` where `if` asks for more than that properties have
 * certain values.
 */
export function conditionalOptions(schema: Keywords): readonly JsonSchema[] | undefined {
  const { if: condition, then = true, else: otherwise = true } = schema;
  if (!isKeywords(condition) || !isOnly(condition, ['properties', 'required'])) return undefined;
  const properties = Object.entries(asKeywords(condition['properties']));
  const required = asList(condition['required']);
  const isKnown = properties.every(([, value]) => exceptedValues(value) !== undefined);
  const isNamed = required.every((name) => properties.some(([one]) => one === name));
  if (!isKnown || !isNamed || properties.length === 0 || properties.length > MAX_CONDITIONS) return undefined;
  // It does not hold where one of the properties has another value, or is not there and has to be.
  const others = properties.map(([name, value]) => ({
    properties: { [name]: { not: value } },
    ...(required.includes(name) ? {} : { required: [name] }),
  }));
  return [{ allOf: [condition, then] }, ...others.map((other) => ({ allOf: [other, otherwise] }))];
}

/** The values of a schema that says nothing but which they are. */
function constantsOf(schema: unknown): readonly unknown[] | undefined {
  if (!isKeywords(schema) || !isOnly(schema, ['const', 'enum'])) return undefined;
  const { const: constant, enum: values } = schema;
  if (Array.isArray(values)) return constant === undefined ? values : undefined;
  return constant === undefined ? undefined : [constant];
}

/** Whether a schema says nothing but by some words. */
export function isOnly(schema: Keywords, words: readonly string[]): boolean {
  return Object.keys(schema).every((word) => words.includes(word) || isAnnotation(word));
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
