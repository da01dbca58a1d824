import type { Range } from '../rules/expression';

/** A place in a text: what may come next, and whether the text may end here. */
export interface State {
  /** Where a character leads: nowhere if it may not come, to several places if it may mean several things. */
  readonly step: (character: string) => readonly State[];
  readonly isEnd: boolean;
  /** Whether one of some characters beyond ASCII may come; left out where none may. */
  readonly takes?: (range: Range) => boolean;
  /** A short text that leads from here to the end; `undefined` where none is found in the steps that are left. */
  readonly closing: (steps: Steps) => string | undefined;
}

/** Steps that may still be made in search of an end. Threat: schemas that lead into one another. */
export interface Steps {
  left: number;
}

/** Spaces and line breaks behind a line break. Threat: a model that writes spaces for ever. Largest: the indents of deep objects. */
const MAX_INDENT = 32;

/** No place. */
export const NOWHERE: readonly State[] = [];

/** Behind the text: nothing follows. */
export const END: State = { step: () => NOWHERE, isEnd: true, closing: () => '' };

/** Finds where a character leads once: of a vocabulary that is tried, many tokens begin alike. */
export function remembered(step: State['step']): State['step'] {
  const known = new Map<string, readonly State[]>();
  return (character) => {
    const found = known.get(character) ?? step(character);
    known.set(character, found);
    return found;
  };
}

/** Where a character leads from several places. */
export function stepped(states: readonly State[], character: string): readonly State[] {
  const [only] = states;
  return only !== undefined && states.length === 1
    ? only.step(character)
    : states.flatMap((state) => state.step(character));
}

/** A text, and what closes whatever follows it. */
export function closed(text: string, then: State, steps: Steps): string | undefined {
  const rest = then.closing(steps);
  return rest === undefined ? undefined : text + rest;
}

/** What closes the first of several places that can be closed. */
export function firstClosing(states: readonly State[], steps: Steps): string | undefined {
  for (const state of states) {
    if (--steps.left < 0) return undefined;
    const found = state.closing(steps);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A text, then what follows it. */
export function literal(text: string, then: State): State {
  return oneOf([{ text, then: () => then }]);
}

/** One of several texts, none of which is empty, and what follows it, which is made when the text is there. */
export interface Alternative {
  readonly text: string;
  readonly then: () => State;
}

/**
 * One of several texts, each with what follows it. They are told apart letter by letter, and what a letter leaves of them is found once:
 * however many there are, a letter costs one look.
 */
export function oneOf(alternatives: readonly Alternative[], from = 0): State {
  let branches: ReadonlyMap<string, readonly State[]> | undefined;
  const made = (): ReadonlyMap<string, readonly State[]> => (branches ??= branchesOf(alternatives, from));
  return {
    step: (character) => made().get(character) ?? NOWHERE,
    isEnd: false,
    takes: ([first, last]) =>
      [...made().keys()].some((character) => {
        const code = character.codePointAt(0) ?? 0;
        return code >= first && code <= last;
      }),
    closing(steps) {
      for (const { text, then } of alternatives) {
        if (--steps.left < 0) return undefined;
        const found = closed(text.slice(from), then(), steps);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

function branchesOf(
  alternatives: readonly Alternative[],
  from: number,
): ReadonlyMap<string, readonly State[]> {
  const groups = new Map<string, Alternative[]>();
  for (const alternative of alternatives) {
    const character = characterAt(alternative.text, from);
    const group = groups.get(character);
    if (group === undefined) groups.set(character, [alternative]);
    else group.push(alternative);
  }
  return new Map(
    [...groups].map(([character, group]) => {
      const end = from + character.length;
      const ended = group.filter(({ text }) => text.length === end);
      const longer = group.filter(({ text }) => text.length > end);
      return [
        character,
        [...ended.map(({ then }) => then()), ...(longer.length === 0 ? [] : [oneOf(longer, end)])],
      ];
    }),
  );
}

/** The character at a place, whole: of some, UTF-16 has two halves. */
function characterAt(text: string, place: number): string {
  return String.fromCodePoint(text.codePointAt(place) ?? 0);
}

/**
 * Space as programs write it, then one of several things, which are made when they are needed: nothing, one space, or a line break with an
 * indent. A model that may write any space likes to write nothing else.
 */
export function spaced(makeThen: () => readonly State[], left: 'one' | number = 'one'): State {
  let made: readonly State[] | undefined;
  const then = (): readonly State[] => (made ??= makeThen());
  return {
    step: remembered((character) => {
      const isLine = character === '\n' || character === '\r';
      if (isLine || character === ' ' || character === '\t') {
        if (left === 0) return NOWHERE;
        if (left === 'one') return [spaced(then, isLine ? MAX_INDENT : 0)];
        return [spaced(then, left - 1)];
      }
      return stepped(then(), character);
    }),
    get isEnd() {
      return then().some((state) => state.isEnd);
    },
    closing: (steps) => firstClosing(then(), steps),
  };
}
