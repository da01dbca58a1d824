/** A place in a text: what may come next, and whether the text may end here. */
export interface State {
  /** Where a character leads: nowhere if it may not come, to several places if it may mean several things. */
  readonly step: (character: string) => readonly State[];
  readonly isEnd: boolean;
  /** A short text that leads from here to the end; `undefined` where none is found in the steps that are left. */
  readonly closing: (steps: Steps) => string | undefined;
}

/** Steps that may still be made in search of an end. Threat: schemas that lead into one another. */
export interface Steps {
  left: number;
}

/** Spaces and line breaks behind a line break. Threat: a model that writes spaces for ever. Largest: the indents of deep objects. */
const MAX_INDENT = 32;

const NOWHERE: readonly State[] = [];

/** Characters that fill a string up to its least length. */
const MAX_FILL = 100_000;

/** Behind the text: nothing follows. */
export const END: State = { step: () => NOWHERE, isEnd: true, closing: () => '' };

/** A text, and what closes whatever follows it. */
function closed(text: string, then: State, steps: Steps): string | undefined {
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
  return {
    step: (character) => (branches ??= branchesOf(alternatives, from)).get(character) ?? NOWHERE,
    isEnd: false,
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
    step(character) {
      const isLine = character === '\n' || character === '\r';
      if (isLine || character === ' ' || character === '\t') {
        if (left === 0) return NOWHERE;
        if (left === 'one') return [spaced(then, isLine ? MAX_INDENT : 0)];
        return [spaced(then, left - 1)];
      }
      return then().flatMap((state) => state.step(character));
    },
    get isEnd() {
      return then().some((state) => state.isEnd);
    },
    closing: (steps) => firstClosing(then(), steps),
  };
}

/** The inside of a string up to its closing quote, with so many characters. */
export function stringBody(least: number, most: number, then: State): State {
  return {
    step(character) {
      if (character === '"') return least <= 0 ? [then] : NOWHERE;
      if (most === 0 || character < ' ') return NOWHERE;
      const rest = stringBody(least - 1, most - 1, then);
      return [character === '\\' ? escape(rest) : rest];
    },
    isEnd: false,
    closing: (steps) =>
      least > MAX_FILL ? undefined : closed(`${'x'.repeat(Math.max(0, least))}"`, then, steps),
  };
}

function escape(then: State): State {
  return {
    step(character) {
      if (character === 'u') return [hexDigits(4, then)];
      return '"\\/bfnrt'.includes(character) ? [then] : NOWHERE;
    },
    isEnd: false,
    closing: (steps) => closed('n', then, steps),
  };
}

function hexDigits(count: number, then: State): State {
  return {
    step(character) {
      if (!/^[\da-fA-F]$/.test(character)) return NOWHERE;
      return [count === 1 ? then : hexDigits(count - 1, then)];
    },
    isEnd: false,
    closing: (steps) => closed('0'.repeat(count), then, steps),
  };
}

/** The name of a property that is none of these, up to its closing quote. */
export function otherName(names: ReadonlySet<string>, then: State): State {
  const within = (inside: State, raw: string): State => ({
    step(character) {
      const [next] = inside.step(character);
      if (next === undefined) return NOWHERE;
      if (next !== END) return [within(next, raw + character)];
      return names.has(JSON.parse(`"${raw}"`) as string) ? NOWHERE : [then];
    },
    isEnd: false,
    closing(steps) {
      // The inside may be in the middle of an escape.
      const rest = inside.closing(steps)?.slice(0, -1) ?? '';
      const filled = [...Array(names.size + 1).keys()].map((length) => rest + 'x'.repeat(length));
      const free = filled.find((end) => !names.has(JSON.parse(`"${raw}${end}"`) as string));
      return free === undefined ? undefined : closed(`${free}"`, then, steps);
    },
  });
  return within(stringBody(0, Infinity, END), '');
}

type NumberPart = 'sign' | 'zero' | 'whole' | 'point' | 'fraction' | 'exponent' | 'exponent-sign' | 'power';

/** Digits of a number, each part. Threat: a model that writes digits for ever. Largest: 17 tell every double apart. */
const MAX_DIGITS = 32;

/** Parts in which a number may end. */
const wholeParts: ReadonlySet<NumberPart> = new Set(['zero', 'whole', 'fraction', 'power']);

/** A number from its first character on: it ends where something else follows. */
export function number(isWhole: boolean, then: State): State {
  return {
    step(character) {
      if (character === '-') return [numberPart('sign', 0, isWhole, then)];
      return startDigits(character, isWhole, then);
    },
    isEnd: false,
    closing: (steps) => closed('0', then, steps),
  };
}

function startDigits(character: string, isWhole: boolean, then: State): readonly State[] {
  if (character === '0') return [numberPart('zero', 1, isWhole, then)];
  return isDigit(character) ? [numberPart('whole', 1, isWhole, then)] : NOWHERE;
}

function numberPart(part: NumberPart, digits: number, isWhole: boolean, then: State): State {
  const to = (next: NumberPart, count: number): readonly State[] => [numberPart(next, count, isWhole, then)];
  return {
    step(character) {
      if (part === 'sign') return startDigits(character, isWhole, then);
      if (isDigit(character) && part !== 'zero') {
        if (digits === MAX_DIGITS) return NOWHERE;
        return to(afterDigit[part], digits + 1);
      }
      if (character === '.' && !isWhole && (part === 'zero' || part === 'whole')) return to('point', 0);
      const takesExponent = !isWhole && wholeParts.has(part) && part !== 'power';
      if ((character === 'e' || character === 'E') && takesExponent) return to('exponent', 0);
      if ((character === '+' || character === '-') && part === 'exponent') return to('exponent-sign', 0);
      return wholeParts.has(part) ? then.step(character) : NOWHERE;
    },
    get isEnd() {
      return wholeParts.has(part) && then.isEnd;
    },
    closing: (steps) => closed(wholeParts.has(part) ? '' : '0', then, steps),
  };
}

/** The part in which a digit is, by the part before it. */
const afterDigit: Readonly<Record<Exclude<NumberPart, 'sign' | 'zero'>, NumberPart>> = {
  whole: 'whole',
  point: 'fraction',
  fraction: 'fraction',
  exponent: 'power',
  'exponent-sign': 'power',
  power: 'power',
};

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}
