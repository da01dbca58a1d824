import { ANY_TEXT, automatonOfTexts, isMeant, textCounts, type Automaton } from '../automaton/automaton';
import { combined, type Part } from '../automaton/combine';
import { automatonOf } from '../automaton/from-pattern';
import { TextRule } from '../automaton/text-rule';
import type { Budget } from '../budget';
import { GrammarError, notFollowed, TOLD_LENGTH } from '../error';
import { CompiledSchema } from './compiled-schema';
import { Expander, type ReaderOptions } from './expand';
import { formatAutomaton } from './formats';
import { Joiner } from './joiner';
import {
  asKeywords,
  asList,
  asSchema,
  isKeywords,
  isOfOneType,
  isOfTypes,
  listed,
  typesOf,
  type JsonSchema,
  type JsonType,
  type Keywords,
} from './keywords';
import {
  neededParts,
  SchemaPart,
  type DistinctElements,
  type OtherProperties,
  type SchemaNode,
} from './nodes';
import { isWithin, numberLimits, NumberRule } from './number-rule';
import { namesOf, patternsOf, saidOf, type NamePattern, type ObjectRule } from './object-rules';
import { Places } from './places';
import { isValue } from './values';

/** Patterns for names of properties in one schema. Threat: each may or may not match, which doubles the kinds of names. Largest: three. */
const MAX_NAME_PATTERNS = 6;

/** Elements that may come once each. Threat: all that came are looked at for each that may come. Largest: some dozens. */
const MAX_CHOICES = 256;

/** Levels of values in which branches of `oneOf` are told apart. Largest: a kind within a head, two. */
const TOLD_LEVELS = 3;

/** Understands the parts of a schema when they are needed. */
export class SchemaReader {
  readonly #parts = new Map<JsonSchema, SchemaPart>();
  readonly #rules = new Map<string, TextRule>();
  readonly #patterns = new Map<string, Automaton | undefined>();
  readonly #joiner = new Joiner();
  readonly #places: Places;
  readonly #expander: Expander;
  /** Reads what the schema may leave open as open. */
  #openReader: SchemaReader | undefined;

  constructor(
    private readonly root: JsonSchema,
    private readonly budget: Budget,
    private readonly options: ReaderOptions,
  ) {
    this.#places = new Places(root, this.#joiner);
    this.#expander = new Expander(root, this.#joiner, this.#places, budget, options, (way) =>
      this.#open.part(way).isEmpty(TOLD_LEVELS),
    );
  }

  /** The place of what cannot be, within a part that no value is. */
  placeOfNothing(part: SchemaPart): string | undefined {
    const way = [part];
    // The list grows while it is gone through.
    for (const { nodes } of way) {
      const needed = nodes.length === 1 ? nodes.flatMap(neededParts) : [];
      const next = needed.find((one) => one.height === Infinity && !way.includes(one));
      if (next !== undefined) way.push(next);
    }
    return way.map((one) => this.#placeOf(one)).findLast((place) => place !== undefined);
  }

  #placeOf(part: SchemaPart): string | undefined {
    const [schema] = [...this.#parts].find(([, one]) => one === part) ?? [];
    return schema === undefined ? undefined : this.#places.of(schema);
  }

  get #open(): SchemaReader {
    if (this.options.isOpen) return this;
    const options = { isStrict: false, isExact: false, isOpen: true };
    return (this.#openReader ??= new SchemaReader(this.root, this.budget, options));
  }

  /** A part of the schema; anything where it is no schema. */
  part(value: unknown): SchemaPart {
    if (value instanceof CompiledSchema) return value.part;
    const schema = asSchema(value);
    const known = this.#parts.get(schema);
    if (known !== undefined) return known;
    this.budget.spend(1);
    const part = new SchemaPart(() => this.#places.within(schema, () => this.#nodes(schema)));
    this.#parts.set(schema, part);
    return part;
  }

  #nodes(schema: JsonSchema): readonly SchemaNode[] {
    const nodes = this.#expander.ways(schema).flatMap((way) => this.#nodesOf(way));
    const texts = new Set(nodes.flatMap((node) => (node.kind === 'literals' ? node.texts : [])));
    const others = nodes.filter(({ kind }) => kind !== 'literals');
    return texts.size === 0 ? others : [{ kind: 'literals', texts: [...texts] }, ...others];
  }

  #nodesOf(way: Keywords): readonly SchemaNode[] {
    this.budget.spend(1);
    const { enum: values, type, properties } = way;
    if (Array.isArray(values)) {
      const allowed = values.filter((value: unknown) => this.#isAllowed(way, value));
      return [{ kind: 'literals', texts: textsOf(allowed, way) }];
    }
    // A schema that names properties means an object, though it may not say so.
    const isObject = type === undefined && isKeywords(properties) && !this.options.isOpen;
    const types = isObject ? ['object' as const] : typesOf(way);
    return types.map((one) => this.#node(way, one));
  }

  #node(way: Keywords, type: JsonType): SchemaNode {
    switch (type) {
      case 'string':
        return { kind: 'string', rule: this.#textRule(way) };
      case 'number':
      case 'integer': {
        const limits = numberLimits(way, type === 'integer');
        const rule = limits === undefined ? undefined : new NumberRule(limits);
        return { kind: 'number', isWhole: type === 'integer', rule };
      }
      case 'boolean':
        return { kind: 'literals', texts: textsOf([true, false], way) };
      case 'null':
        return { kind: 'literals', texts: textsOf([null], way) };
      case 'array':
        return this.#array(way);
      case 'object':
        return this.#object(way);
    }
  }

  #array(way: Keywords): SchemaNode {
    const first = asList(way['prefixItems']).map((item) => this.part(item));
    const { least, most } = countLimits(way, 'Items');
    const distinct = way['uniqueItems'] === true ? this.#distinctElements(way) : undefined;
    return {
      kind: 'array',
      first,
      items: this.part(way['items']),
      distinct,
      least,
      most: Math.min(most, distinct === undefined ? Infinity : countOf(distinct)),
    };
  }

  /** The elements of which each may come once; `undefined` where they are neither all named nor strings. */
  #distinctElements({ prefixItems, items }: Keywords): DistinctElements | undefined {
    const ways = prefixItems === undefined ? this.#expander.ways(asSchema(items)) : [];
    const isSmall = ways.every((way) => isListed(way) || isOfOneType(way, 'string'));
    const nodes = isSmall ? ways.flatMap((way) => this.#nodesOf(way)) : [];
    const [only] = nodes;
    if (nodes.length === 1 && only?.kind === 'string') {
      return { kind: 'strings', strings: only.rule?.whole(this.budget) ?? ANY_TEXT };
    }
    const texts = new Set(nodes.flatMap((node) => (node.kind === 'literals' ? node.texts : [])));
    const isNamed = nodes.every(({ kind }) => kind === 'literals');
    if (isNamed && texts.size > 0 && texts.size <= MAX_CHOICES) return { kind: 'values', texts: [...texts] };
    if (this.options.isExact)
      throw notFollowed('uniqueItems of elements that are neither strings nor all named');
    return undefined;
  }

  #textRule(way: Keywords): TextRule | undefined {
    const { least, most } = countLimits(way, 'Length');
    const texts = this.#textParts(way);
    if (texts.length === 0 && least === 0 && most === Infinity) return undefined;
    const key = JSON.stringify([way['pattern'], way['format'], way['except'], least, String(most)]);
    const rule = this.#rules.get(key) ?? new TextRule(this.#combined(texts), least, most, this.budget);
    this.#rules.set(key, rule);
    return rule;
  }

  /** What patterns and formats say of a text, and what it may not be. */
  #textParts({ pattern, format, except }: Keywords): readonly Part[] {
    const patterns = listed(pattern).map((one) => (typeof one === 'string' ? this.#pattern(one) : undefined));
    const meant = [...patterns, ...listed(format).map(formatAutomaton)].filter((one) => one !== undefined);
    const others = listed(except).filter((value) => typeof value === 'string');
    return [
      ...meant.map((automaton) => ({ automaton, isNegated: false })),
      ...(others.length === 0 ? [] : [{ automaton: automatonOfTexts(others), isNegated: true }]),
    ];
  }

  #combined(parts: readonly Part[]): Automaton {
    return parts.length === 0 ? ANY_TEXT : combined(parts, this.budget);
  }

  /** `undefined` for one that is not followed. */
  #pattern(pattern: string): Automaton | undefined {
    if (this.#patterns.has(pattern)) return this.#patterns.get(pattern);
    const found = this.#readPattern(pattern);
    this.#patterns.set(pattern, found);
    return found;
  }

  #readPattern(pattern: string): Automaton | undefined {
    try {
      return automatonOf(pattern, this.budget);
    } catch (error) {
      if (!(error instanceof GrammarError)) throw error;
      if (!this.options.isStrict && !this.budget.isSpent) return undefined;
      const told = JSON.stringify(pattern.slice(0, TOLD_LENGTH));
      throw new GrammarError(error.code, `the pattern ${told}: ${error.what}`, error.facts);
    }
  }

  #object(way: Keywords): SchemaNode {
    const rule = this.#objectRule(way, this.#hasFewPatterns(way));
    const names = this.#propertyNames(way['propertyNames']);
    const required = new Set(asList(way['required']).filter((name) => typeof name === 'string'));
    // Where others are only left out because some are named, those that are required are there all the same.
    const known = [...new Set([...namesOf(rule), ...required])].map((name): readonly [string, SchemaPart] => {
      const said = saidOf(rule, { name, isMatched: (automaton) => isMeant(automaton, name) }) ?? [];
      const isName = names.every((automaton) => isMeant(automaton, name));
      return [name, this.part(isName ? this.#joiner.all(said) : false)];
    });
    const isFirst = ([name]: readonly [string, unknown]): boolean => required.has(name);
    const properties = new Map([...known.filter(isFirst), ...known.filter((one) => !isFirst(one))]);
    const others = this.#others(rule, names, [...properties.keys()]);
    return { kind: 'object', properties, required, others, ...countLimits(way, 'Properties') };
  }

  /** Names that patterns tell apart: those that match some of them, and those that match none. */
  #others(
    rule: ObjectRule,
    names: readonly Automaton[],
    known: readonly string[],
  ): readonly OtherProperties[] {
    const patterns = patternsOf(rule);
    const base = names.map((automaton): Part => ({ automaton, isNegated: false }));
    // Where the schema names properties and says nothing of others, a model that makes up some is wrong.
    const isClosed = !this.options.isOpen && namesOf(rule).length + patterns.length > 0;
    return Array.from({ length: 2 ** patterns.length }, (_, kind) => {
      const matched = new Set(patterns.filter((_, place) => (kind & (1 << place)) !== 0));
      const isMatched = (automaton: Automaton): boolean => matched.has(automaton);
      const said = saidOf(rule, { name: undefined, isMatched });
      const schema = said === undefined ? !isClosed : this.#joiner.all(said);
      if (schema === false) return undefined;
      const parts = patterns.map((automaton): Part => ({ automaton, isNegated: !matched.has(automaton) }));
      const automaton =
        parts.length + base.length === 0 ? ANY_TEXT : combined([...base, ...parts], this.budget);
      const taken = known.filter((name) => isMeant(automaton, name)).length;
      const [count = 0] = textCounts(automaton);
      return { names: automaton, count: count - taken, part: this.part(schema) };
    }).filter((one) => one !== undefined);
  }

  /** What a way says of properties. Of patterns that are not followed it is not known what they are: anything may be there. */
  #objectRule(way: Keywords, hasFewPatterns: boolean): ObjectRule {
    const { properties, patternProperties, additionalProperties, rules } = way;
    const entries = hasFewPatterns ? Object.entries(asKeywords(patternProperties)) : [];
    const patterns = entries.map(([pattern, schema]) => ({ automaton: this.#pattern(pattern), schema }));
    const followed = patterns.filter(isFollowed);
    const isKnown = followed.length === Object.keys(asKeywords(patternProperties)).length;
    const inner = asList(rules).map((one) => this.#objectRule(asKeywords(one), hasFewPatterns));
    const further = additionalProperties === undefined ? undefined : asSchema(additionalProperties);
    return {
      named: inner.length > 0 ? {} : asKeywords(properties),
      patterns: isKnown ? followed : [],
      rules: inner,
      further: isKnown ? further : true,
    };
  }

  /** Whether all patterns of names can be followed together. @throws GrammarError `unsupported` where the schema is followed strictly. */
  #hasFewPatterns(way: Keywords): boolean {
    const count = new Set(patternTexts(way)).size;
    if (count > MAX_NAME_PATTERNS && this.options.isStrict) {
      throw new GrammarError('unsupported', 'the schema has too many patternProperties in one object', {
        found: count,
        allowed: `${MAX_NAME_PATTERNS}`,
        advice: 'Join patterns of the same schema with |.',
      });
    }
    return count <= MAX_NAME_PATTERNS;
  }

  /** What every name of a property has to be. */
  #propertyNames(schema: unknown): readonly Automaton[] {
    const ways = this.#expander.ways(asSchema(schema)).filter((way) => typesOf(way).includes('string'));
    const automata = ways.map((way): readonly Automaton[] => {
      const { enum: values } = way;
      const rule = this.#textRule(way);
      if (!Array.isArray(values)) return rule === undefined ? [] : [rule.whole(this.budget)];
      const texts = values.filter((value) => typeof value === 'string');
      return [automatonOfTexts(texts.filter((text) => rule?.accepts(text) !== false))];
    });
    const [first, second] = automata;
    if (first === undefined) return [automatonOfTexts([])];
    if (second === undefined) return first;
    if (!this.options.isStrict) return [];
    throw new GrammarError('unsupported', 'propertyNames of the schema has choices', {
      found: `${automata.length} choices`,
      allowed: 'one',
      advice: 'Write them as one pattern with |.',
    });
  }

  /** Whether a value that the schema names is what the rest of the schema asks for. */
  #isAllowed(way: Keywords, value: unknown): boolean {
    if (way['type'] !== undefined && !isOfTypes(value, typesOf(way))) return false;
    if (typeof value === 'string') return this.#textRule(way)?.accepts(value) !== false;
    // What is too large for a double cannot be written.
    if (typeof value === 'number') return Number.isFinite(value) && isWithin(numberLimits(way, false), value);
    if (typeof value !== 'object' || value === null) return true;
    const rest = Object.entries(way).filter(([word]) => word !== 'enum' && word !== 'type');
    return rest.length === 0 || isValue(this.#open.part(Object.fromEntries(rest)), value);
  }
}

function isFollowed(pattern: {
  readonly automaton: Automaton | undefined;
  readonly schema: unknown;
}): pattern is NamePattern {
  return pattern.automaton !== undefined;
}

/** The patterns for names of properties in a way. */
function patternTexts({ patternProperties, rules }: Keywords): readonly string[] {
  const inner = asList(rules).flatMap((one) => patternTexts(asKeywords(one)));
  return [...Object.keys(asKeywords(patternProperties)), ...inner];
}

/** Values as JSON, without those that are excepted. */
function textsOf(values: readonly unknown[], { except }: Keywords): readonly string[] {
  const others = new Set(listed(except).map((value) => JSON.stringify(value)));
  return values.map((value) => JSON.stringify(value)).filter((text) => !others.has(text));
}

/** Whether a way names all its values. */
function isListed(way: Keywords): boolean {
  const isSmall = (type: JsonType): boolean => type === 'boolean' || type === 'null';
  return Array.isArray(way['enum']) || (way['type'] !== undefined && typesOf(way).every(isSmall));
}

function countOf(distinct: DistinctElements): number {
  return distinct.kind === 'values' ? distinct.texts.length : (textCounts(distinct.strings)[0] ?? 0);
}

interface Limits {
  readonly least: number;
  readonly most: number;
}

/** The limits of a count, `minItems` and `maxItems` for example. */
function countLimits(way: Keywords, of: 'Length' | 'Items' | 'Properties'): Limits {
  const [least, most] = [way[`min${of}`], way[`max${of}`]];
  return {
    least: typeof least === 'number' && least > 0 ? Math.ceil(least) : 0,
    most: typeof most === 'number' && most >= 0 ? Math.floor(most) : Infinity,
  };
}
