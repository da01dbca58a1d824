import { asKeywords, asList, isKeywords, type JsonSchema, type Keywords } from './keywords';

/** Words that say something of a value and are never followed. */
export const NOT_FOLLOWED: ReadonlySet<string> = new Set([
  ...['contains', 'dependentRequired', 'dependentSchemas', 'dependencies'],
  ...['unevaluatedProperties', 'unevaluatedItems'],
]);

/** Properties in an `if`. Threat: each is a choice of its own. Largest: two. */
const MAX_CONDITIONS = 8;

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

function constantsOf(schema: unknown): readonly unknown[] | undefined {
  if (!isKeywords(schema) || !isOnly(schema, ['const', 'enum'])) return undefined;
  const { const: constant, enum: values } = schema;
  if (Array.isArray(values)) return constant === undefined ? values : undefined;
  return constant === undefined ? undefined : [constant];
}

function isOnly(schema: Keywords, words: readonly string[]): boolean {
  return Object.keys(schema).every((word) => words.includes(word));
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
