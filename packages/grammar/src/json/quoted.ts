import type { TextPlace } from '../automaton/text-rule';
import { MAX_CODE } from '../rules/ranges';
import { closed, NOWHERE, type State, type Steps } from './states';

/** The inside of a string up to its closing quote, where every text will do. */
export function anyQuoted(then: State): State {
  const inside: State = {
    step(character) {
      if (character === '"') return [then];
      if (character < ' ') return NOWHERE;
      return character === '\\' ? [anyEscape(inside)] : again;
    },
    isEnd: false,
    takes: () => true,
    closing: (steps) => closed('"', then, steps),
  };
  const again = [inside];
  return inside;
}

function anyEscape(then: State): State {
  return {
    step(character) {
      if (character === 'u') return [hexDigits(4, then)];
      return character in escapes ? [then] : NOWHERE;
    },
    isEnd: false,
    closing: (steps) => closed('n', then, steps),
  };
}

function hexDigits(count: number, then: State): State {
  return {
    step(character) {
      if (!isHex(character)) return NOWHERE;
      return [count === 1 ? then : hexDigits(count - 1, then)];
    },
    isEnd: false,
    closing: (steps) => closed('0'.repeat(count), then, steps),
  };
}

/** What stands behind a backslash, and the character that it means. */
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** What stands for bytes that are no character. */
const BROKEN = '\ufffd';

/** Characters that are closed with. */
const MAX_FILL = 100_000;

/**
 * The inside of a string up to its closing quote, where the text is bound, however it is escaped. Halves of surrogate pairs are no
 * characters here.
 *
 * @param then - what follows, behind the place where the text ended.
 */
export function quoted<Place extends TextPlace<Place>>(place: Place, then: (end: Place) => State): State {
  return {
    step(character) {
      if (character === '"') return place.isEnd ? [then(place)] : NOWHERE;
      if (character === '\\')
        return place.choose(0, MAX_CODE) === undefined ? NOWHERE : [escape(place, then)];
      if (character < ' ' || character === BROKEN) return NOWHERE;
      return behind(place, character.codePointAt(0) ?? 0, then);
    },
    isEnd: false,
    takes: ([first, last]) => place.choose(first, last) !== undefined,
    closing: (steps) => closeText(place, '', then, steps),
  };
}

function behind<Place extends TextPlace<Place>>(
  place: Place,
  code: number,
  then: (end: Place) => State,
): readonly State[] {
  const next = place.behind(code);
  return next === undefined ? NOWHERE : [quoted(next, then)];
}

function escape<Place extends TextPlace<Place>>(place: Place, then: (end: Place) => State): State {
  return {
    step(character) {
      if (character === 'u') return [unicode(place, '', then)];
      const meant = escapes[character];
      return meant === undefined ? NOWHERE : behind(place, meant.charCodeAt(0), then);
    },
    isEnd: false,
    closing: (steps) => closeCode(place, { first: 0, last: MAX_CODE }, 1, then, steps),
  };
}

/** Behind `\u`: four digits, and for a character beyond U+FFFF `\u` and four more. */
function unicode<Place extends TextPlace<Place>>(
  place: Place,
  typed: string,
  then: (end: Place) => State,
): State {
  return {
    step(character) {
      const longer = typed + character;
      const ranges = spelled(longer);
      const chosen = ranges.some(({ first, last }) => place.choose(first, last) !== undefined);
      if (!chosen) return NOWHERE;
      const [only] = ranges;
      const isWhole = only?.first === only?.last && isComplete(longer);
      return isWhole ? behind(place, only?.first ?? 0, then) : [unicode(place, longer, then)];
    },
    isEnd: false,
    closing(steps) {
      const open = spelled(typed).find(({ first, last }) => place.choose(first, last) !== undefined);
      return open === undefined ? undefined : closeCode(place, open, 2 + typed.length, then, steps);
    },
  };
}

interface Codes {
  readonly first: number;
  readonly last: number;
}

/** The first and the last half of pairs, and how many there are of each. */
const HIGH = 0xd800;
const LOW = 0xdc00;
const HALVES = 0x400;

/** The characters that text behind `\u` may still become. */
function spelled(typed: string): readonly Codes[] {
  const digits = typed.slice(0, 4);
  if (!isHex(digits) && digits !== '') return [];
  const units = filled(digits);
  const pairs = within(units, HIGH, LOW - 1);
  if (typed.length <= 4) {
    const below = within(units, 0, HIGH - 1);
    const above = within(units, LOW + HALVES, 0xffff);
    const beyond = pairs.map(({ first, last }) => ({
      first: pair(first, LOW),
      last: pair(last, LOW + HALVES - 1),
    }));
    return [...below, ...above, ...beyond];
  }
  const [half] = pairs;
  const tail = typed.slice(6);
  if (half === undefined || !'\\u'.startsWith(typed.slice(4, 6)) || !(tail === '' || isHex(tail))) return [];
  return within(filled(tail), LOW, LOW + HALVES - 1).map(({ first, last }) => ({
    first: pair(half.first, first),
    last: pair(half.first, last),
  }));
}

/** Whether text behind `\u` is one character, and no half. */
function isComplete(typed: string): boolean {
  return typed.length === 10 || (typed.length === 4 && !/^d[89ab]/i.test(typed));
}

/** The numbers of four digits that begin like this. */
function filled(digits: string): Codes {
  return { first: parseInt(digits.padEnd(4, '0'), 16), last: parseInt(digits.padEnd(4, 'f'), 16) };
}

function within({ first, last }: Codes, least: number, most: number): readonly Codes[] {
  const [from, to] = [Math.max(first, least), Math.min(last, most)];
  return from <= to ? [{ first: from, last: to }] : [];
}

function pair(high: number, low: number): number {
  return 0x10000 + (high - HIGH) * HALVES + (low - LOW);
}

function isHex(text: string): boolean {
  return /^[\da-fA-F]+$/.test(text);
}

/** Close a character that is being spelled, of which so much is there, then the text. */
function closeCode<Place extends TextPlace<Place>>(
  place: Place,
  { first, last }: Codes,
  written: number,
  then: (end: Place) => State,
  steps: Steps,
): string | undefined {
  const code = place.choose(first, last);
  const next = code === undefined ? undefined : place.behind(code);
  if (code === undefined || next === undefined) return undefined;
  return closeText(next, spelling(code).slice(written), then, steps);
}

/** How `\u` spells a character. */
function spelling(code: number): string {
  const units = Array.from({ length: code > 0xffff ? 2 : 1 }, (_, half) =>
    String.fromCodePoint(code).charCodeAt(half),
  );
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Go the shortest way to the end of the text. */
function closeText<Place extends TextPlace<Place>>(
  from: Place,
  before: string,
  then: (end: Place) => State,
  steps: Steps,
): string | undefined {
  let place = from;
  const letters: string[] = [];
  while (!place.isEnd) {
    const code = letters.length < MAX_FILL ? place.choose(0, MAX_CODE) : undefined;
    const next = code === undefined ? undefined : place.behind(code);
    if (code === undefined || next === undefined) return undefined;
    letters.push(JSON.stringify(String.fromCodePoint(code)).slice(1, -1));
    place = next;
  }
  return closed(`${before}${letters.join('')}"`, then(place), steps);
}
