/** A JSON schema, as it comes out of JSON. */
export type JsonSchema = boolean | Keywords;

/** The words of a schema. */
export type Keywords = Readonly<Record<string, unknown>>;

/** What a value is in JSON. `integer` is a number, too. */
export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';

/** All types, those that close soonest first. */
const ALL_TYPES: readonly JsonType[] = ['string', 'number', 'boolean', 'null', 'array', 'object'];

const typeNames: ReadonlySet<unknown> = new Set<JsonType>([...ALL_TYPES, 'integer']);

/** The types that a schema names; all where it names none that is known. */
export function typesOf({ type }: Keywords): readonly JsonType[] {
  const named = listed(type).filter((one): one is JsonType => typeNames.has(one));
  return named.length === 0
    ? ALL_TYPES
    : named.filter((one) => one !== 'integer' || !named.includes('number'));
}

/** What a schema gives as a type and is none, as JSON. */
export function unknownTypes({ type }: Keywords): readonly string[] {
  if (type === undefined) return [];
  return listed(type)
    .filter((one) => !typeNames.has(one))
    .map((one) => JSON.stringify(one));
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
    ['patternProperties', (one: unknown, other: unknown) => this.#entries(one, other)] as const,
  ]);

  /** The words of two schemas that both hold; `undefined` where nothing can be both. Neither has choices or references. */
  joined(one: Keywords, other: Keywords): Keywords | undefined {
    const both: Record<string, unknown> = { ...other, ...one };
    for (const [word, join] of this.#joinings) {
      if (one[word] !== undefined && other[word] !== undefined) both[word] = join(one[word], other[word]);
    }
    const types = joinedTypes(one, other);
    const values = joinedValues(one['enum'], other['enum']);
    if (types?.length === 0 || values?.length === 0) return undefined;
    return {
      ...both,
      ...(types === undefined ? {} : { type: types }),
      ...(values === undefined ? {} : { enum: values }),
      ...this.#properties(one, other),
      ...this.#elements(one, other),
    };
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

  #entries(one: unknown, other: unknown): unknown {
    const [some, others] = [asKeywords(one), asKeywords(other)];
    const names = new Set([...Object.keys(some), ...Object.keys(others)]);
    return Object.fromEntries([...names].map((name) => [name, this.#both(some[name], others[name])]));
  }
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
  const others = new Set(other.map((value) => JSON.stringify(value)));
  return asList(one).filter((value) => others.has(JSON.stringify(value)));
}

function propertyOf(
  { properties, patternProperties, additionalProperties }: Keywords,
  name: string,
): unknown {
  const named = asKeywords(properties);
  if (Object.hasOwn(named, name)) return named[name];
  // Names that are told by patterns are looked at where the property is read.
  return patternProperties === undefined ? additionalProperties : undefined;
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
