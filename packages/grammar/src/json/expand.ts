import type { Budget } from '../budget';
import { GrammarError, notFollowed, tooOpen } from '../error';
import { conditionalOptions, exceptedValues, NOT_FOLLOWED } from './conditions';
import {
  asList,
  asSchema,
  isKeywords,
  unknownTypes,
  type Joiner,
  type JsonSchema,
  type Keywords,
} from './keywords';
import type { SchemaOptions } from './schema-compiler';

/** Ways to be what a schema allows. Threat: choices that multiply. Largest: some hundreds of constants, each an option. */
const MAX_WAYS = 20_000;

/** Schemas within schemas without a value between them. Threat: the stack. Largest: a few. */
const MAX_NESTED = 128;

/** Characters of JSON that count as one step where schemas are compared. */
const CHARACTERS_PER_STEP = 16;

/** Words that are left out of a way: what they lead to or choose is taken into it, and of the value itself they say nothing. */
const NOT_OF_A_WAY: ReadonlySet<string> = new Set([
  ...[
    '$defs',
    'definitions',
    '$schema',
    '$id',
    '$ref',
    '$comment',
    'title',
    'description',
    'examples',
    'default',
  ],
  ...['allOf', 'anyOf', 'oneOf', 'const', 'deprecated', 'readOnly', 'writeOnly'],
  ...['not', 'if', 'then', 'else'],
]);

/** Takes schemas apart into ways to be what they allow: words without references and choices. */
export class Expander {
  readonly #known = new Map<JsonSchema, readonly Keywords[]>();
  /** Schemas that are being taken apart, and how many choices stood above each. */
  readonly #open = new Map<JsonSchema, number>();
  readonly #conditions = new Map<Keywords, readonly JsonSchema[]>();
  /** How often a schema led to itself. */
  #circles = 0;

  constructor(
    private readonly root: JsonSchema,
    private readonly joiner: Joiner,
    private readonly budget: Budget,
    private readonly options: Required<SchemaOptions>,
  ) {}

  /** The ways of a schema. @throws GrammarError `bad-grammar` for too many. */
  ways(schema: JsonSchema, choices = 0): readonly Keywords[] {
    if (typeof schema === 'boolean') return schema ? [{}] : [];
    const known = this.#known.get(schema);
    if (known !== undefined) return known;
    if (this.#open.size === MAX_NESTED) throw tooOpen('schema', `schemas ${MAX_NESTED} deep`);
    const circles = this.#circles;
    this.#open.set(schema, choices);
    const ways = this.#expand(schema, choices);
    this.#open.delete(schema);
    // What was left out because it led to itself may count elsewhere.
    if (circles === this.#circles) this.#known.set(schema, ways);
    return ways;
  }

  #expand(schema: Keywords, choices: number): readonly Keywords[] {
    this.#checkTypes(schema);
    if (this.options.isExact) checkWords(schema);
    let ways: readonly Keywords[] = [own(schema)];
    const reference = schema['$ref'];
    const parts = [
      ...(typeof reference === 'string' ? [this.#target(reference)] : []),
      ...asList(schema['allOf']).map(asSchema),
    ];
    for (const part of parts) ways = this.#crossed(ways, this.#part(part, choices));
    for (const word of ['anyOf', 'oneOf']) {
      const options = asList(schema[word]).map(asSchema);
      if (options.length > 0) ways = this.#crossed(ways, this.#choice(options, choices + 1));
    }
    const conditional = this.#conditional(schema);
    if (conditional !== undefined) ways = this.#crossed(ways, this.#choice(conditional, choices + 1));
    return ways;
  }

  /** The options of `if`, made once for each schema: what leads to itself is known by what it is. */
  #conditional(schema: Keywords): readonly JsonSchema[] | undefined {
    if (schema['if'] === undefined) return undefined;
    const options = this.#conditions.get(schema) ?? conditionalOptions(schema);
    if (options !== undefined) this.#conditions.set(schema, options);
    return options;
  }

  /** What has to hold as well. A schema that has to be what it is says nothing; one that may be what it is, nothing else. */
  #part(schema: JsonSchema, choices: number): readonly Keywords[] {
    const above = this.#open.get(schema);
    if (above === undefined) return this.ways(schema, choices);
    this.#circles++;
    return above === choices ? [{}] : [];
  }

  /** Each once: choices of choices that are the same grow without end otherwise. */
  #choice(options: readonly JsonSchema[], choices: number): readonly Keywords[] {
    const ways = options.flatMap((option) => {
      if (!this.#open.has(option)) return this.ways(option, choices);
      this.#circles++;
      return [];
    });
    if (ways.length > MAX_WAYS) throw tooOpen('schema', `${MAX_WAYS} choices`);
    if (ways.length === 1) return ways;
    return [...new Map(ways.map((way) => [this.#text(way), way])).values()];
  }

  #text(way: Keywords): string {
    const text = JSON.stringify(way);
    this.budget.spend(1 + text.length / CHARACTERS_PER_STEP);
    return text;
  }

  #crossed(some: readonly Keywords[], others: readonly Keywords[]): readonly Keywords[] {
    if (some.length * others.length > MAX_WAYS) throw tooOpen('schema', `${MAX_WAYS} choices`);
    return some.flatMap((one) =>
      others.flatMap((other) => {
        this.budget.spend(1 + size(one) + size(other));
        const both = this.joiner.joined(one, other);
        return both === undefined ? [] : [both];
      }),
    );
  }

  /** @throws GrammarError `bad-grammar` for a type that JSON does not have, in a schema that is followed strictly. */
  #checkTypes(schema: Keywords): void {
    const [unknown] = this.options.isStrict ? unknownTypes(schema) : [];
    if (unknown === undefined) return;
    throw new GrammarError('bad-grammar', 'the schema names a type that JSON does not have', {
      found: unknown,
      allowed: 'string, number, integer, boolean, null, array, object, or a list of them',
    });
  }

  /** What a reference means. */
  #target(reference: string): JsonSchema {
    if (reference !== '#' && !reference.startsWith('#/')) return this.#nowhere(reference);
    let found: unknown = this.root;
    for (const part of reference.split('/').slice(1)) {
      const key = decodePointer(part);
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key))
        return this.#nowhere(reference);
      found = (found as Record<string, unknown>)[key];
    }
    return asSchema(found);
  }

  /** What a reference means that leads nowhere, or to another document. @throws GrammarError where the schema is followed strictly. */
  #nowhere(reference: string): JsonSchema {
    if (!this.options.isStrict) return true;
    throw new GrammarError('bad-grammar', 'the schema refers to what is not in it', {
      found: JSON.stringify(reference),
      allowed: 'references to places in the schema, such as #/$defs/name',
      advice: 'Put what is referred to under $defs.',
    });
  }
}

/** What a schema says itself, in the words of JSON Schema 2020-12. */
function own(schema: Keywords): Keywords {
  const words = Object.fromEntries(Object.entries(schema).filter(([word]) => !NOT_OF_A_WAY.has(word)));
  const { const: constant, items, additionalItems, enum: values } = schema;
  if (constant !== undefined) {
    const text = JSON.stringify(constant);
    const isListed = !Array.isArray(values) || values.some((value) => JSON.stringify(value) === text);
    words['enum'] = isListed ? [constant] : [];
  }
  const excepted = exceptedValues(schema['not']);
  if (excepted !== undefined) words['except'] = excepted;
  if (Array.isArray(items)) Object.assign(words, { prefixItems: items, items: additionalItems });
  return words;
}

/** @throws GrammarError `unsupported` for a word that is not followed. */
function checkWords(schema: Keywords): void {
  const isLeftOut = (word: string): boolean =>
    NOT_FOLLOWED.has(word) ||
    (word === 'if' && conditionalOptions(schema) === undefined) ||
    (word === 'not' && exceptedValues(schema['not']) === undefined);
  const found = Object.keys(schema).find(isLeftOut);
  if (found !== undefined) throw notFollowed(found);
}

function size({ properties, enum: values }: Keywords): number {
  return (isKeywords(properties) ? Object.keys(properties).length : 0) + asList(values).length;
}

/** RFC 6901, in the fragment of a URI. */
function decodePointer(part: string): string {
  return decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
