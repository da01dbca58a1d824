import type { Budget } from '../budget';
import { GrammarError } from '../error';
import { exceptedValues, isOnly, withoutProperties } from './conditions';
import type { Joiner } from './joiner';
import {
  ALL_TYPES,
  asKeywords,
  asList,
  asSchema,
  isOfOneType,
  isOfTypes,
  listed,
  typesOf,
  valueText,
  type JsonSchema,
  type Keywords,
} from './keywords';

/** One option of a `oneOf`. */
export interface Branch {
  /** The ways to be it. */
  readonly alone: readonly Keywords[];
  /** The ways to be it, and what the schema says besides. */
  readonly ways: readonly Keywords[];
}

/** Where a way of a `oneOf` stands. */
interface Placed {
  readonly way: Keywords;
  readonly branch: number;
}

/** Makes the ways of options of which exactly one holds. */
export class OneOf {
  readonly #marks = new Map<Keywords, Marks>();

  constructor(
    private readonly joiner: Joiner,
    private readonly budget: Budget,
    private readonly isEmpty: (way: Keywords) => boolean,
    private readonly isExact: boolean,
  ) {}

  /**
   * The ways to be one branch and no other; all ways of all branches where some may hold together and cannot be told apart.
   *
   * @throws GrammarError `unsupported` for those, where the schema is followed exactly.
   */
  ways(branches: readonly Branch[]): readonly Keywords[] {
    const rivals = rivalsOf(branches);
    const found: Keywords[] = [];
    for (const [branch, { ways }] of branches.entries()) {
      for (const way of ways) {
        const apart = this.#apart({ way, branch }, rivals(way));
        if (apart === undefined) return branches.flatMap((one) => one.ways);
        found.push(...apart);
      }
    }
    return found;
  }

  /** What of a way is none of its rivals; `undefined` where that is not told. */
  #apart({ way, branch }: Placed, rivals: readonly Placed[]): readonly Keywords[] | undefined {
    let left: readonly Keywords[] = [way];
    for (const rival of rivals) {
      this.budget.spend(1);
      if (rival.branch === branch || this.#isMarked(way, rival.way)) continue;
      const rests = left.map((one) => this.#rest(one, rival.way));
      const told = rests.filter((rest) => rest !== undefined);
      if (told.length === rests.length) left = told.flat();
      else if (this.isExact) throw mayHoldTogether(branch, rival.branch);
      else return undefined;
    }
    return left;
  }

  /** What of a way is not another; `undefined` where that is not told. */
  #rest(way: Keywords, rival: Keywords): readonly Keywords[] | undefined {
    const both = this.joiner.joined(way, rival, this.budget);
    if (both === undefined || this.isEmpty(both)) return [way];
    return restOf(way, rival)
      ?.map((words) => this.joiner.joined(way, words, this.budget))
      .filter((one) => one !== undefined);
  }

  /** The values, as texts, of the properties that a way has to have and that are named there. */
  #marksOf(way: Keywords): Marks {
    const known = this.#marks.get(way);
    if (known !== undefined) return known;
    const properties = asKeywords(way['properties']);
    const names = asList(way['required']).filter((name) => typeof name === 'string');
    const marks = new Map<string, ReadonlySet<string>>();
    for (const name of names) {
      const parts = Object.hasOwn(properties, name) ? this.joiner.partsOf(asSchema(properties[name])) : [];
      const values = parts.map(namedValues).find((one) => one !== undefined);
      if (values !== undefined) marks.set(name, new Set(values.map(valueText)));
    }
    this.#marks.set(way, marks);
    return marks;
  }

  /** Whether a property tells two ways apart: most branches have one that does, and what else they are need not be read. */
  #isMarked(way: Keywords, rival: Keywords): boolean {
    if (!isOfOneType(way, 'object') && !isOfOneType(rival, 'object')) return false;
    const others = this.#marksOf(rival);
    return [...this.#marksOf(way)].some(([name, texts]) => {
      const theirs = others.get(name);
      return theirs !== undefined && ![...texts].some((text) => theirs.has(text));
    });
  }
}

/** By name of a property: the texts of its values. */
type Marks = ReadonlyMap<string, ReadonlySet<string>>;

/** The values of which one has to be, whatever else a schema says. */
function namedValues(schema: JsonSchema): readonly unknown[] | undefined {
  if (typeof schema === 'boolean') return undefined;
  if (schema['const'] !== undefined) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

function mayHoldTogether(branch: number, rival: number): GrammarError {
  return new GrammarError('unsupported', 'two branches of oneOf may hold together', {
    found: `branches ${branch} and ${rival}`,
    allowed: 'branches that exclude each other, by the const of a required property for example',
    advice: 'Write anyOf; or leave strict out: then it is followed as anyOf.',
  });
}

/** The ways of which a way may be one, too: of those that name their values, the ones that name one of its own. */
function rivalsOf(branches: readonly Branch[]): (way: Keywords) => readonly Placed[] {
  const all = branches.flatMap(({ alone }, branch) => alone.map((way): Placed => ({ way, branch })));
  const free = all.filter(({ way }) => !Array.isArray(way['enum']));
  const naming = new Map<string, Placed[]>();
  for (const placed of all) {
    for (const text of asList(placed.way['enum']).map(valueText)) {
      const known = naming.get(text);
      if (known === undefined) naming.set(text, [placed]);
      else known.push(placed);
    }
  }
  return (way) => {
    if (!Array.isArray(way['enum'])) return all;
    const same = way['enum'].flatMap((value) => naming.get(valueText(value)) ?? []);
    return [...free, ...new Set(same)];
  };
}

/**
 * What has to hold besides for a way not to be a rival, as options; `undefined` where that cannot be told in words that are followed. What is
 * told is all of it: no value that the way allows and the rival does not is lost.
 */
function restOf(way: Keywords, rival: Keywords): readonly Keywords[] | undefined {
  if (Array.isArray(rival['enum'])) return restOfValues(way, rival, rival['enum']);
  const there = new Set(asList(way['required']));
  const lacking = asList(rival['required']).filter((name) => typeof name === 'string' && !there.has(name));
  const without = (name: unknown): Keywords => ({ type: ['object'], ...withoutProperties([String(name)]) });
  const unnamed = lacking.find((name) => !mayHave(way, String(name)));
  if (unnamed !== undefined) return [without(unnamed)];
  if (!isOnly(rival, ['required', 'type'])) return undefined;
  const types = rival['type'] === undefined ? ALL_TYPES : typesOf(rival);
  if (types.includes('integer')) return undefined;
  const others = ALL_TYPES.filter((type) => !types.includes(type));
  return [
    ...(types.includes('object') ? lacking.map(without) : []),
    ...(others.length > 0 ? [{ type: others }] : []),
  ];
}

/** Whether what a way allows may have a property of a name: an object that names its properties and says nothing of others has no others. */
function mayHave(way: Keywords, name: string): boolean {
  const { type, properties, patternProperties, additionalProperties, rules } = way;
  const names = Object.keys(asKeywords(properties));
  const isObject = type === undefined || isOfOneType(way, 'object');
  const isClosed =
    [additionalProperties, patternProperties, rules].every((word) => word === undefined) && names.length > 0;
  return !isObject || !isClosed || names.includes(name);
}

function restOfValues(
  way: Keywords,
  rival: Keywords,
  values: readonly unknown[],
): readonly Keywords[] | undefined {
  if (!isOnly(rival, ['enum', 'type'])) return undefined;
  const others = values.filter((value) => rival['type'] === undefined || isOfTypes(value, typesOf(rival)));
  if (Array.isArray(way['enum'])) {
    const texts = new Set(others.map(valueText));
    return [{ enum: way['enum'].filter((value) => !texts.has(valueText(value))) }];
  }
  const excepted = exceptedValues({ enum: others });
  return excepted === undefined ? undefined : [{ except: listed(excepted) }];
}
