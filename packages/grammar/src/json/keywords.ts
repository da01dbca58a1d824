import type { Budget } from '../budget';

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

/** Joins schemas that have to hold together. What is joined of the same schemas is the same, so that schemas that lead to themselves end. */
export class Joiner {
  readonly #numbers = new Map<unknown, number>();
  /** Schemas that were made here, by the numbers of their parts. */
  readonly #made = new Map<string, Keywords>();
  readonly #parts = new Map<unknown, readonly unknown[]>();

  /** How two sayings of a word become one that says both. Of other words, the first is kept: they are not followed. */
  readonly #joinings: ReadonlyMap<string, (one: unknown, other: unknown) => unknown> = new Map([
    ...[...LARGER].map((word) => [word, larger] as const),
    ...[...SMALLER].map((word) => [word, smaller] as const),
    ...['multipleOf', 'pattern', 'format', 'required', 'except'].map((word) => [word, bothLists] as const),
    ...['items', 'propertyNames', 'additionalProperties'].map(
      (word) => [word, (one: unknown, other: unknown) => this.#both(one, other)] as const,
    ),
  ]);

  /**
   * The words of two schemas that both hold; `undefined` where nothing can be both. Neither has choices or references.
   *
   * @throws GrammarError `bad-grammar` where the budget has too few steps.
   */
  joined(one: Keywords, other: Keywords, budget: Budget): Keywords | undefined {
    budget.spend(1 + size(one) + size(other));
    const both: Record<string, unknown> = { ...other, ...one };
    for (const [word, join] of this.#joinings) {
      if (one[word] !== undefined && other[word] !== undefined) both[word] = join(one[word], other[word]);
    }
    const types = joinedTypes(one, other);
    if (types !== undefined) both['type'] = types;
    const values = joinedValues(one['enum'], other['enum']) ?? both['enum'];
    if (Array.isArray(values)) both['enum'] = values.filter((value) => isOfTypes(value, typesOf(both)));
    if (types?.length === 0 || (Array.isArray(both['enum']) && both['enum'].length === 0)) return undefined;
    return {
      ...both,
      ...this.#properties(one, other),
      ...(hasPatterns(one) || hasPatterns(other) ? asRules(one, other) : {}),
      ...this.#elements(one, other),
    };
  }

  /** The schemas of which one was joined; itself, where it was not. */
  partsOf(schema: JsonSchema): readonly JsonSchema[] {
    return this.#parts.get(schema)?.map(asSchema) ?? [schema];
  }

  /** One schema that holds where all of some do. */
  all(schemas: readonly unknown[]): JsonSchema {
    return asSchema(schemas.reduce((sum, schema) => this.#both(sum, schema), true));
  }

  #both(one: unknown, other: unknown): unknown {
    if (one === undefined || one === true || one === other) return other;
    if (other === undefined || other === true) return one;
    if (one === false || other === false) return false;
    const parts = [...new Set([one, other].flatMap((schema) => this.#parts.get(schema) ?? [schema]))];
    const key = parts
      .map((part) => this.#number(part))
      .sort((a, b) => a - b)
      .join();
    const made = this.#made.get(key) ?? { allOf: parts };
    this.#made.set(key, made);
    this.#parts.set(made, parts);
    return made;
  }

  #number(schema: unknown): number {
    const number = this.#numbers.get(schema) ?? this.#numbers.size;
    this.#numbers.set(schema, number);
    return number;
  }

  /** A property that only one schema names is, for the other, one of its further properties. */
  #properties(one: Keywords, other: Keywords): Keywords {
    const names = new Set([one, other].flatMap(({ properties }) => Object.keys(asKeywords(properties))));
    if (names.size === 0) return {};
    const entries = [...names].map((name): readonly [string, unknown] => [
      name,
      this.#both(propertyOf(one, name), propertyOf(other, name)),
    ]);
    return { properties: Object.fromEntries(entries) };
  }

  #elements(one: Keywords, other: Keywords): Keywords {
    const length = Math.max(...[one, other].map(({ prefixItems }) => asList(prefixItems).length));
    if (length === 0) return {};
    const prefixItems = Array.from({ length }, (_, place) =>
      this.#both(elementOf(one, place), elementOf(other, place)),
    );
    return { prefixItems };
  }
}

function size({ properties, enum: values, except }: Keywords): number {
  return Object.keys(asKeywords(properties)).length + asList(values).length + asList(except).length;
}

const LARGER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const SMALLER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

function joinedTypes(one: Keywords, other: Keywords): readonly JsonType[] | undefined {
  if (one['type'] === undefined || other['type'] === undefined) return undefined;
  const [some, others] = [new Set(typesOf(one)), new Set(typesOf(other))];
  const isIn = (types: ReadonlySet<JsonType>, type: JsonType): boolean =>
    types.has(type) || (type === 'integer' && types.has('number'));
  return [...new Set([...some, ...others])].filter((type) => isIn(some, type) && isIn(others, type));
}

function joinedValues(one: unknown, other: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(one) || !Array.isArray(other)) return undefined;
  const others = new Set(other.map(valueText));
  return asList(one).filter((value) => others.has(valueText(value)));
}

/** A text that is the same for values that are. */
export function valueText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isKeywords(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function propertyOf({ properties, additionalProperties }: Keywords, name: string): unknown {
  const named = asKeywords(properties);
  return Object.hasOwn(named, name) ? named[name] : additionalProperties;
}

function hasPatterns({ patternProperties, rules }: Keywords): boolean {
  return patternProperties !== undefined || rules !== undefined;
}

/** Of a name that a pattern tells, each schema speaks for itself: what is further for one is not for another. */
function asRules(one: Keywords, other: Keywords): Keywords {
  const words = ['properties', 'patternProperties', 'additionalProperties', 'rules'];
  const rules = [one, other].map((way) => Object.fromEntries(words.map((word) => [word, way[word]])));
  return { patternProperties: undefined, additionalProperties: undefined, rules };
}

function elementOf({ prefixItems, items }: Keywords, place: number): unknown {
  const prefix = asList(prefixItems);
  return place < prefix.length ? prefix[place] : items;
}

/** The words of an object, or none. */
export function asKeywords(value: unknown): Keywords {
  return isKeywords(value) ? value : {};
}

function bothLists(one: unknown, other: unknown): unknown {
  return [...new Set([...listed(one), ...listed(other)])];
}

/** A list, or a list of the one value; nothing for nothing. */
export function listed(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function larger(one: unknown, other: unknown): unknown {
  return typeof one === 'number' && typeof other === 'number' ? Math.max(one, other) : (one ?? other);
}

function smaller(one: unknown, other: unknown): unknown {
  return typeof one === 'number' && typeof other === 'number' ? Math.min(one, other) : (one ?? other);
}
