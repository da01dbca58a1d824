import {
  character,
  choice,
  repeat,
  sequence,
  type Edge,
  type Expression,
  type Range,
  type Rule,
  type Rules,
} from './expression';
import { takeTimes } from './gbnf';
import { inverse, MAX_CODE } from './ranges';
import { Scanner, takeClass } from './scanner';

/** Characters of a regular expression. Threat: memory. Largest: some hundreds. */
const MAX_LENGTH = 20_000;

/** Groups within groups. Threat: the stack. Largest: a dozen. */
const MAX_DEPTH = 64;

const DIGITS: readonly Range[] = [[0x30, 0x39]];
const WORDS: readonly Range[] = [...DIGITS, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
/** What `\s` is in JavaScript. */
const SPACES: readonly Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const sets: Readonly<Record<string, readonly Range[]>> = {
  d: DIGITS,
  D: inverse(DIGITS),
  w: WORDS,
  W: inverse(WORDS),
  s: SPACES,
  S: inverse(SPACES),
};
const controls: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b, 0: 0 };
/** Any character but the ends of lines. */
const LINE_ENDS: readonly Range[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

/**
 * Read a regular expression in the syntax of JavaScript with the flag `u`. The whole text has to match, so `^` at its beginning and `$` at its
 * end say nothing new. References to groups, looking ahead and behind, `\b` and `\p` are not done.
 *
 * @throws GrammarError.
 */
export function readPattern(pattern: string): Rules {
  const scanner = scannerOf(pattern);
  scanner.takeIf('^');
  const root = new PatternReader<never>(scanner, undefined).options(0);
  scanner.takeIf('$');
  expectEnd(scanner);
  return new Map([['root', root]]);
}

/** What a text has to hold, or must not. */
export interface Condition {
  readonly expression: Expression<Edge>;
  readonly isNegated: boolean;
}

/**
 * Read a regular expression that is searched for anywhere in a text, as in a JSON schema: a text has to meet all the conditions. `^` and `$` may
 * stand anywhere, and `(?=…)` and `(?!…)` at the beginning, behind `^`.
 *
 * @throws GrammarError.
 */
export function readSearch(pattern: string): readonly Condition[] {
  const scanner = scannerOf(pattern);
  const reader = new PatternReader<Edge>(scanner, (at) => ({ kind: 'edge', at }));
  const heads: Condition[] = [];
  const start: readonly Edge[] = scanner.takeIf('^') ? [{ kind: 'edge', at: 'start' }] : [];
  for (let head = reader.lookahead(); head !== undefined; head = reader.lookahead()) {
    if (start.length === 0) throw scanner.unsupported('looking ahead without ^ before it');
    heads.push({ ...head, expression: sequence([...start, head.expression]) });
  }
  const first = sequence([...start, reader.sequence(0)]);
  const hasMore = scanner.takeIf('|');
  if (hasMore && heads.length > 0) throw scanner.unsupported('looking ahead in one of several choices');
  const expression = hasMore ? choice([first, reader.options(0)]) : first;
  expectEnd(scanner);
  return [...heads, { expression, isNegated: false }];
}

function scannerOf(pattern: string): Scanner {
  const scanner = new Scanner(pattern, 'regular expression');
  if (pattern.length > MAX_LENGTH) throw scanner.wrong(`${pattern.length} characters`, `${MAX_LENGTH}`);
  return scanner;
}

function expectEnd(scanner: Scanner): void {
  if (!scanner.isAtEnd) throw scanner.wrong(JSON.stringify(scanner.next), 'the end');
}

class PatternReader<More extends Rule | Edge> {
  /** @param edge - makes what `^` and `$` are; `undefined` where they stand for nothing. */
  constructor(
    private readonly scanner: Scanner,
    private readonly edge: ((at: Edge['at']) => More) | undefined,
  ) {}

  options(depth: number): Expression<More> {
    if (depth > MAX_DEPTH) throw this.scanner.wrong(`groups ${depth} deep`, `${MAX_DEPTH}`);
    const options = [this.sequence(depth)];
    while (this.scanner.takeIf('|')) options.push(this.sequence(depth));
    return choice(options);
  }

  sequence(depth: number): Expression<More> {
    const ends = this.edge === undefined ? '|)$' : '|)';
    const parts: Expression<More>[] = [];
    while (!this.scanner.isAtEnd && !ends.includes(this.scanner.next)) {
      const edge = this.#edge();
      parts.push(edge ?? this.#repeated(depth));
    }
    return sequence(parts);
  }

  /** `(?=…)` or `(?!…)`, if one comes next. */
  lookahead(): { readonly expression: Expression<More>; readonly isNegated: boolean } | undefined {
    const isNegated = this.scanner.takeIf('(?!');
    if (!isNegated && !this.scanner.takeIf('(?=')) return undefined;
    const expression = this.options(1);
    this.scanner.expect(')');
    return { expression, isNegated };
  }

  #edge(): More | undefined {
    if (this.edge === undefined) return undefined;
    if (this.scanner.takeIf('^')) return this.edge('start');
    return this.scanner.takeIf('$') ? this.edge('end') : undefined;
  }

  #repeated(depth: number): Expression<More> {
    const what = this.#one(depth);
    const times = takeTimes(this.scanner);
    if (times === undefined) return what;
    // Lazy or not: the same texts match.
    this.scanner.takeIf('?');
    return repeat(what, times);
  }

  #one(depth: number): Expression<More> {
    const { scanner } = this;
    const letter = scanner.take();
    switch (letter) {
      case '(':
        return this.#group(depth);
      case '[':
        return takeClass(scanner, () => this.#inClass());
      case '.':
        return { kind: 'character', ranges: LINE_ENDS, isNegated: true };
      case '\\': {
        const escaped = this.#escaped();
        if (typeof escaped === 'number') return character(escaped);
        return { kind: 'character', ranges: escaped, isNegated: false };
      }
      case '^':
        throw scanner.unsupported('^ within the expression');
      default:
        if ('*+?{}]'.includes(letter)) throw scanner.wrong(letter, `\\${letter}`);
        return character(letter.codePointAt(0) ?? 0);
    }
  }

  #group(depth: number): Expression<More> {
    const { scanner } = this;
    if (scanner.takeIf('?')) {
      const isNamed =
        scanner.next === '<' && !scanner.takeIf('<=') && !scanner.takeIf('<!') && scanner.takeIf('<');
      if (isNamed) {
        scanner.takeWhile((letter) => /^[\w$]$/.test(letter));
        scanner.expect('>');
      } else if (!scanner.takeIf(':')) throw scanner.unsupported('looking ahead or behind');
    }
    const inside = this.options(depth + 1);
    scanner.expect(')');
    return inside;
  }

  #inClass(): number | readonly Range[] {
    const letter = this.scanner.take();
    if (letter !== '\\') return letter.codePointAt(0) ?? 0;
    return this.scanner.takeIf('b') ? 0x08 : this.#escaped();
  }

  #escaped(): number | readonly Range[] {
    const { scanner } = this;
    const letter = scanner.take();
    const set = sets[letter];
    if (set !== undefined) return set;
    const control = controls[letter];
    if (control !== undefined) return control;
    if (letter === 'x') return scanner.takeHex(2);
    if (letter === 'u') return scanner.next === '{' ? this.#bracedCode() : scanner.takeHex(4);
    if (/^[a-zA-Z1-9]$/.test(letter)) throw scanner.unsupported(`\\${letter}`);
    return letter.codePointAt(0) ?? 0;
  }

  #bracedCode(): number {
    this.scanner.expect('{');
    const digits = this.scanner.takeWhile((letter) => /^[\da-fA-F]$/.test(letter));
    this.scanner.expect('}');
    const code = parseInt(digits, 16);
    if (!(code <= MAX_CODE)) throw this.scanner.wrong(JSON.stringify(digits), 'the number of a character');
    return code;
  }
}
