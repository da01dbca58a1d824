import type { Budget } from '../budget';
import { GrammarError, notFollowed, tooOpen } from '../error';
import {
  conditionalOptions,
  dependencyOptions,
  exceptedValues,
  isEverything,
  typesBesides,
} from './conditions';
import type { Joiner } from './joiner';
import {
  ALLOWED_TYPES,
  asList,
  asSchema,
  isKeywords,
  listed,
  unknownTypes,
  valueText,
  type JsonSchema,
  type Keywords,
} from './keywords';
import { OneOf } from './one-of';
import type { Places } from './places';
import { keysOf } from './pointer';
import type { SchemaOptions } from './schema-compiler';
import { checkWords } from './words';

/** Ways to be what a schema allows. Threat: choices that multiply. Largest: some hundreds of constants, each an option. */
const MAX_WAYS = 20_000;

/** Schemas within schemas without a value between them. Threat: the stack. Largest: a few. */
const MAX_NESTED = 128;

/** Characters of JSON that count as one step where schemas are compared. */
const CHARACTERS_PER_STEP = 16;

/** Words of a way: what a schema leads to or chooses is taken into it, and what is not followed is left out. */
const OF_A_WAY: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'pattern', 'format', 'minLength', 'maxLength', 'multipleOf'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['items', 'prefixItems', 'uniqueItems', 'minItems', 'maxItems'],
  ...['properties', 'patternProperties', 'additionalProperties', 'propertyNames', 'required'],
  ...['minProperties', 'maxProperties'],
]);

/** What binds those of a list or an object of which nothing else speaks: it becomes what the further ones have to be. */
const UNEVALUATED = [
  ['unevaluatedProperties', 'additionalProperties'],
  ['unevaluatedItems', 'items'],
] as const;

/** How a schema is taken apart. */
export interface ReaderOptions extends Required<SchemaOptions> {
  /** What is not spoken of may be anything, and `oneOf` is `anyOf`: what is not allowed then, no reading of the schema allows. */
  readonly isOpen: boolean;
}

/** Takes schemas apart into ways to be what they allow: words without references and choices. */
export class Expander {
  readonly #known = new Map<JsonSchema, readonly Keywords[]>();
  /** Schemas that are being taken apart, and how many choices stood above each. */
  readonly #open = new Map<JsonSchema, number>();
  readonly #derived = new Map<Keywords, DerivedChoices>();
  readonly #oneOf: OneOf;
  /** How often a schema led to itself. */
  #circles = 0;

  /** @param isEmpty - whether no value is so, whatever the schema leaves open. */
  constructor(
    private readonly root: JsonSchema,
    private readonly joiner: Joiner,
    private readonly places: Places,
    private readonly budget: Budget,
    private readonly options: ReaderOptions,
    isEmpty: (way: Keywords) => boolean,
  ) {
    this.#oneOf = new OneOf(joiner, budget, isEmpty, options.isExact);
  }

  /** The ways of a schema. @throws GrammarError `bad-grammar` for too many. */
  ways(schema: JsonSchema, choices = 0): readonly Keywords[] {
    if (typeof schema === 'boolean') return schema ? [{}] : [];
    const known = this.#known.get(schema);
    if (known !== undefined) return known;
    if (this.#open.size === MAX_NESTED) throw tooOpen('schema', `schemas ${MAX_NESTED} deep`);
    const circles = this.#circles;
    this.#open.set(schema, choices);
    const ways = this.places.within(schema, () => this.#expand(schema, choices));
    this.#open.delete(schema);
    // What was left out because it led to itself may count elsewhere.
    if (circles === this.#circles) this.#known.set(schema, ways);
    return ways;
  }

  #expand(schema: Keywords, choices: number): readonly Keywords[] {
    this.#checkTypes(schema);
    if (this.options.isExact) checkWords(schema);
    if (isEverything(schema['not'])) return [];
    const { conditional, dependent } = this.#derivedChoices(schema);
    let ways: readonly Keywords[] = [own(schema)];
    const reference = schema['$ref'];
    const parts: JsonSchema[] = [
      ...(typeof reference === 'string' ? [this.#target(reference)] : []),
      ...asList(schema['allOf']).map(asSchema),
    ];
    const besides = typesBesides(schema['not']);
    if (besides !== undefined) parts.push({ type: besides });
    for (const part of parts) ways = this.#crossed(ways, this.#part(part, choices));
    for (const options of [asList(schema['anyOf']).map(asSchema), ...dependent]) {
      if (options.length > 0) ways = this.#crossed(ways, this.#choice(options, choices + 1));
    }
    const exclusive = asList(schema['oneOf']).map(asSchema);
    if (exclusive.length > 0) ways = this.#exclusive(ways, exclusive, choices + 1);
    if (conditional.length > 0) {
      const crossed = this.#crossed(ways, this.#choice(conditional, choices + 1));
      ways = crossed.map((way) => ({ ...way, isConditional: true }));
    }
    return this.#evaluated(schema, ways);
  }

  /** What `if` and dependencies say as choices, made once for each schema: what leads to itself is known by what it is. */
  #derivedChoices(schema: Keywords): DerivedChoices {
    const known = this.#derived.get(schema);
    if (known !== undefined) return known;
    const conditional = schema['if'] === undefined ? [] : (conditionalOptions(schema) ?? []);
    const made = { conditional, dependent: dependencyOptions(schema) ?? [] };
    this.#derived.set(schema, made);
    return made;
  }

  /** Options of which one holds, and no other. */
  #exclusive(
    ways: readonly Keywords[],
    options: readonly JsonSchema[],
    choices: number,
  ): readonly Keywords[] {
    if (this.options.isOpen) return this.#crossed(ways, this.#choice(options, choices));
    const branches = options.map((option) => {
      const alone = this.#choice([option], choices);
      return { alone, ways: this.#crossed(ways, alone) };
    });
    return this.#distinct(this.#oneOf.ways(branches));
  }

  /** What may stand beside all that is spoken of. */
  #evaluated(schema: Keywords, ways: readonly Keywords[]): readonly Keywords[] {
    return UNEVALUATED.reduce((found, [word, further]) => {
      const value = schema[word];
      if (typeof value !== 'boolean' && !isKeywords(value)) return found;
      // Where an `if` does not hold, what it speaks of is not evaluated; here it would be.
      if (this.options.isExact && word === 'unevaluatedProperties' && found.some(isConditional)) {
        throw notFollowed('unevaluatedProperties with if');
      }
      return found.map((way) => (way[further] === undefined ? { ...way, [further]: value } : way));
    }, ways);
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
    return this.#distinct(ways);
  }

  #distinct(ways: readonly Keywords[]): readonly Keywords[] {
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
        const both = this.joiner.joined(one, other, this.budget);
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
      allowed: ALLOWED_TYPES,
    });
  }

  /** What a reference means. */
  #target(reference: string): JsonSchema {
    const keys = keysOf(reference);
    if (keys === undefined) return this.#nowhere(reference);
    let found: unknown = this.root;
    for (const key of keys) {
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

/** Choices that follow from other words than those for choices. */
interface DerivedChoices {
  readonly conditional: readonly JsonSchema[];
  readonly dependent: readonly (readonly JsonSchema[])[];
}

function isConditional(way: Keywords): boolean {
  return way['isConditional'] === true;
}

/** What a schema says itself, in the words of JSON Schema 2020-12. */
function own(schema: Keywords): Keywords {
  const words = Object.fromEntries(Object.entries(schema).filter(([word]) => OF_A_WAY.has(word)));
  const { const: constant, type, nullable, items, additionalItems, enum: values, not } = schema;
  if (constant !== undefined) {
    const text = valueText(constant);
    const isListed = !Array.isArray(values) || values.some((value) => valueText(value) === text);
    words['enum'] = isListed ? [constant] : [];
  }
  // OpenAPI 3.0.
  if (nullable === true && type !== undefined) words['type'] = [...listed(type), 'null'];
  const excepted = exceptedValues(not);
  if (excepted !== undefined) words['except'] = excepted;
  if (Array.isArray(items)) Object.assign(words, { prefixItems: items, items: additionalItems });
  return words;
}
