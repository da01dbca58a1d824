import { tooOpen } from '../error';
import { NamePlace } from './names';
import {
  MAX_DEPTH,
  type ArrayNode,
  type DistinctElements,
  type ObjectNode,
  type SchemaNode,
  type SchemaPart,
} from './nodes';
import { boundNumber, number } from './numbers';
import { anyQuoted, quoted } from './quoted';
import { END, literal, NOWHERE, oneOf, spaced, stepped, type State } from './states';

/** Values whose beginnings may be made between two pieces of a text. Threat: choices that lead to choices. Largest: some hundreds. */
const MAX_VALUES = 100_000;

/** Where an object stands in a text, and what of it is there. */
interface Members {
  readonly node: ObjectNode;
  readonly seen: ReadonlySet<string>;
  readonly then: State;
  /** Levels that the values may have. */
  readonly levels: number;
}

/** Where a list stands in a text, and what of it is there. */
interface Elements {
  readonly node: ArrayNode;
  readonly count: number;
  /** The elements where each may come once: strings, or values as JSON. */
  readonly seen: readonly string[];
  readonly then: State;
  /** Levels that the values may have. */
  readonly levels: number;
}

/** Makes the places of values, by a schema. Where a value is begun, it can be finished. */
export class Values {
  #made = 0;

  /** A piece of the text came: what was made before counts no longer. */
  forget(): void {
    this.#made = 0;
  }

  /**
   * The beginnings of a value that a schema allows, each followed by `then`.
   *
   * @param levels - levels of values within values that it may have.
   * @throws GrammarError `bad-grammar` for too many.
   */
  of(part: SchemaPart, then: State, levels = MAX_DEPTH): readonly State[] {
    return part.within(levels).map((node) => this.#value(node, then, levels));
  }

  #value(node: SchemaNode, then: State, levels: number): State {
    if (++this.#made > MAX_VALUES) throw tooOpen('schema', `${MAX_VALUES} values for a token`);
    switch (node.kind) {
      case 'string': {
        const start = node.rule?.start;
        return literal('"', start === undefined ? anyQuoted(then) : quoted(start, () => then));
      }
      case 'number':
        return node.rule === undefined ? number(node.isWhole, then) : boundNumber(node.rule, then);
      case 'literals':
        return oneOf(node.texts.map((text) => ({ text, then: () => then })));
      case 'array':
        return literal('[', this.#elements({ node, count: 0, seen: [], then, levels: levels - 1 }));
      case 'object':
        return literal('{', this.#members({ node, seen: new Set(), then, levels: levels - 1 }));
    }
  }

  /** Behind `[`, or behind an element. */
  #elements(elements: Elements): State {
    const { node, count, seen, then, levels } = elements;
    const part = node.first[count] ?? node.items;
    const hasMore = count < node.most && part.height <= levels;
    const next = { ...elements, count: count + 1 };
    const more = (): readonly State[] =>
      node.distinct === undefined
        ? this.of(part, this.#elements(next), levels)
        : this.#unseen(node.distinct, seen, (element) =>
            this.#elements({ ...next, seen: [...seen, element] }),
          );
    return spaced(() => [
      ...(count >= node.least ? [literal(']', then)] : []),
      ...(!hasMore ? [] : count === 0 ? more() : [literal(',', spaced(more))]),
    ]);
  }

  /** An element that has not come yet. */
  #unseen(
    distinct: DistinctElements,
    seen: readonly string[],
    then: (element: string) => State,
  ): readonly State[] {
    if (distinct.kind === 'values') {
      const open = distinct.texts.filter((text) => !seen.includes(text));
      return [oneOf(open.map((text) => ({ text, then: () => then(text) })))];
    }
    const start = NamePlace.start(distinct.strings, seen);
    return start === undefined
      ? NOWHERE
      : [
          literal(
            '"',
            quoted(start, ({ name }) => then(name)),
          ),
        ];
  }

  /** Behind `{`, or behind a member; properties come in any order, each once. */
  #members(members: Members): State {
    const { node, seen, then } = members;
    const missing = missingOf(node, seen);
    const isDone = missing === 0 && seen.size >= node.least;
    const more = (): readonly State[] => this.#names(members, seen.size + missing === node.most);
    return spaced(() => [
      ...(isDone ? [literal('}', then)] : []),
      ...(seen.size === 0 ? more() : this.#canGoOn(members, missing) ? [literal(',', spaced(more))] : []),
    ]);
  }

  #canGoOn(members: Members, missing: number): boolean {
    const { node, seen, levels } = members;
    if (missing > 0) return true;
    if (seen.size >= node.most) return false;
    const isOpen = [...node.properties].some(([name, { height }]) => !seen.has(name) && height <= levels);
    return isOpen || this.#others(members).length > 0;
  }

  /** @param isFull - only what has to be there still has room. */
  #names(members: Members, isFull: boolean): readonly State[] {
    const { node, seen, levels } = members;
    const open = [...node.properties].filter(
      ([name, { height }]) => !seen.has(name) && height <= levels && (!isFull || node.required.has(name)),
    );
    const names = open.map(([name, part]) => ({
      text: JSON.stringify(name),
      then: () => this.#member(members, part, name),
    }));
    const known = names.length === 0 ? [] : [oneOf(names)];
    return isFull ? known : [...known, ...this.#others(members)];
  }

  #others(members: Members): readonly State[] {
    const { node, seen, levels } = members;
    const taken = [...new Set([...node.properties.keys(), ...seen])];
    return node.others.flatMap(({ names, part }) => {
      const start = part.height <= levels ? NamePlace.start(names, taken) : undefined;
      if (start === undefined) return [];
      return [
        literal(
          '"',
          quoted(start, ({ name }) => this.#member(members, part, name)),
        ),
      ];
    });
  }

  #member(members: Members, part: SchemaPart, name: string): State {
    const { levels } = members;
    const rest = (): State => this.#members({ ...members, seen: new Set([...members.seen, name]) });
    return spaced(() => [
      literal(
        ':',
        spaced(() => this.of(part, rest(), levels)),
      ),
    ]);
  }
}

/** Whether a value, as programs write it, is what a schema allows. */
export function isValue(part: SchemaPart, value: unknown): boolean {
  let states = new Values().of(part, END);
  for (const character of JSON.stringify(value)) states = stepped(states, character);
  return states.some(({ isEnd }) => isEnd);
}

function missingOf({ required }: ObjectNode, seen: ReadonlySet<string>): number {
  let missing = 0;
  for (const name of required) if (!seen.has(name)) missing++;
  return missing;
}
