import type { Budget } from '../budget';
import {
  asKeywords,
  asList,
  asSchema,
  isOfTypes,
  listed,
  typesOf,
  valueText,
  type JsonSchema,
  type JsonType,
  type Keywords,
} from './keywords';

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

function bothLists(one: unknown, other: unknown): unknown {
  return [...new Set([...listed(one), ...listed(other)])];
}

function larger(one: unknown, other: unknown): unknown {
  return typeof one === 'number' && typeof other === 'number' ? Math.max(one, other) : (one ?? other);
}

function smaller(one: unknown, other: unknown): unknown {
  return typeof one === 'number' && typeof other === 'number' ? Math.min(one, other) : (one ?? other);
}
