import { GrammarError } from '../error';
import type { Character, Range } from './expression';
import { inOrder, inverse, MAX_CODE } from './ranges';

/** Reads a text character by character, and says where it is wrong. */
export class Scanner {
  readonly #letters: readonly string[];
  #at = 0;

  constructor(
    text: string,
    private readonly what: string,
  ) {
    this.#letters = Array.from(text);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#letters.length;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.#letters[this.#at] ?? '';
  }

  /** The next character is taken. @throws GrammarError `bad-grammar` at the end. */
  take(): string {
    const letter = this.#letters[this.#at];
    if (letter === undefined) throw this.wrong('the end', 'more');
    this.#at++;
    return letter;
  }

  /** Take a text if it comes next. */
  takeIf(text: string): boolean {
    const letters = Array.from(text);
    if (!letters.every((letter, place) => this.#letters[this.#at + place] === letter)) return false;
    this.#at += letters.length;
    return true;
  }

  /** Take what has to come next. @throws GrammarError `bad-grammar`. */
  expect(text: string): void {
    if (!this.takeIf(text)) throw this.wrong(JSON.stringify(this.next), JSON.stringify(text));
  }

  /** Take characters as long as they are of a kind. */
  takeWhile(isWanted: (letter: string) => boolean): string {
    const start = this.#at;
    while (!this.isAtEnd && isWanted(this.next)) this.#at++;
    return this.#letters.slice(start, this.#at).join('');
  }

  /** A whole number. @throws GrammarError `bad-grammar`. */
  takeNumber(most: number): number {
    const digits = this.takeWhile((letter) => /^\d$/.test(letter));
    const found = Number(digits);
    if (digits === '' || found > most) throw this.wrong(JSON.stringify(digits), `a number, ${most} at most`);
    return found;
  }

  /** So many hexadecimal digits, as a code point. @throws GrammarError `bad-grammar`. */
  takeHex(digits: number): number {
    const text = Array.from({ length: digits }, () => this.take()).join('');
    const code = /^[\da-f]+$/i.test(text) ? parseInt(text, 16) : Infinity;
    if (code > MAX_CODE)
      throw this.wrong(JSON.stringify(text), `${digits} hexadecimal digits of a character`);
    return code;
  }

  /** What is wrong here. */
  wrong(found: string, allowed: string): GrammarError {
    return new GrammarError('bad-grammar', `the ${this.what} is wrong at character ${this.#at}`, {
      found,
      allowed,
    });
  }

  /** What is right, but not done here. */
  unsupported(found: string): GrammarError {
    return new GrammarError(
      'unsupported',
      `the ${this.what} asks for what is not done here, at character ${this.#at}`,
      {
        found,
      },
    );
  }
}

/** A class behind its `[`, of single characters or sets of them. @throws GrammarError `bad-grammar`, for one that no character is of, too. */
export function takeClass(scanner: Scanner, takeOne: () => number | readonly Range[]): Character {
  const isNegated = scanner.takeIf('^');
  const ranges = inOrder(takeRanges(scanner, takeOne));
  const isEmpty = (isNegated ? inverse(ranges) : ranges).length === 0;
  if (isEmpty) throw scanner.wrong('a class that no character is of', 'a character or more between [ and ]');
  return { kind: 'character', ranges, isNegated };
}

function takeRanges(scanner: Scanner, takeOne: () => number | readonly Range[]): readonly Range[] {
  const ranges: Range[] = [];
  while (!scanner.takeIf(']')) {
    const first = takeOne();
    if (typeof first !== 'number') {
      ranges.push(...first);
      continue;
    }
    if (!scanner.takeIf('-')) ranges.push([first, first]);
    else if (scanner.next === ']') ranges.push([first, first], [HYPHEN, HYPHEN]);
    else {
      const last = takeOne();
      if (typeof last !== 'number' || last < first)
        throw scanner.wrong('a range that ends before it begins', 'a-z');
      ranges.push([first, last]);
    }
  }
  return ranges;
}

const HYPHEN = 0x2d;
