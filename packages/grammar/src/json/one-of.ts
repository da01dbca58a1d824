import type { Budget } from '../budget';
import { GrammarError } from '../error';
import { exceptedValues, isOnly, withoutProperties } from './conditions';
import {
  ALL_TYPES,
  asKeywords,
  asList,
  isOfTypes,
  listed,
  typesOf,
  valueText,
  type Joiner,
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
  constructor(
    private readonly joiner: Joiner,
    private readonly budget: Budget,
    private readonly isEmpty: (way: Keywords) => boolean,
    private readonly isExact: boolean,
  ) {}

  /**
   * The ways to be one branch and no other. Branches that may hold together and cannot be told apart are choices.
   *
   * @throws GrammarError `unsupported` for those, where the schema is followed exactly.
   */
  ways(branches: readonly Branch[]): readonly Keywords[] {
    const rivals = rivalsOf(branches);
    return branches.flatMap(({ ways }, branch) =>
      ways.flatMap((way) =>
        rivals(way)
          .filter((rival) => rival.branch !== branch)
          .reduce(
            (left: readonly Keywords[], rival) => left.flatMap((one) => this.#apart(one, branch, rival)),
            [way],
          ),
      ),
    );
  }

  /** What of a way is not another. */
  #apart(way: Keywords, branch: number, rival: Placed): readonly Keywords[] {
    const both = this.joiner.joined(way, rival.way, this.budget);
    if (both === undefined || this.isEmpty(both)) return [way];
    const rest = restOf(way, rival.way);
    if (rest !== undefined) {
      return rest
        .map((words) => this.joiner.joined(way, words, this.budget))
        .filter((one) => one !== undefined);
    }
    if (!this.isExact) return [way];
    throw new GrammarError('unsupported', 'two branches of oneOf may hold together', {
      found: `branches ${branch} and ${rival.branch}`,
      allowed: 'branches that exclude each other, by the const of a required property for example',
      advice: 'Write anyOf; or leave strict out: then it is followed as anyOf.',
    });
  }
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
function mayHave(
  { type, properties, patternProperties, additionalProperties, rules }: Keywords,
  name: string,
): boolean {
  const names = Object.keys(asKeywords(properties));
  const isObject = type === undefined || listed(type).every((one) => one === 'object');
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
