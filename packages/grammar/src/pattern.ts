import { character, choice, sequence, type Expression, type Range, type Rules } from './expression';
import { takeTimes } from './gbnf';
import { Scanner, takeRanges } from './scanner';

/** Characters of a regular expression. Threat: memory. Largest: some hundreds. */
const MAX_LENGTH = 20_000;

/** Groups within groups. Threat: the stack. Largest: a dozen. */
const MAX_DEPTH = 64;

const MAX_CODE = 0x10ffff;
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
  const scanner = new Scanner(pattern, 'regular expression');
  if (pattern.length > MAX_LENGTH) throw scanner.wrong(`${pattern.length} characters`, `${MAX_LENGTH}`);
  scanner.takeIf('^');
  const root = new PatternReader(scanner).options(0);
  scanner.takeIf('$');
  if (!scanner.isAtEnd) throw scanner.wrong(JSON.stringify(scanner.next), 'the end');
  return new Map([['root', root]]);
}

class PatternReader {
  constructor(private readonly scanner: Scanner) {}

  options(depth: number): Expression {
    if (depth > MAX_DEPTH) throw this.scanner.wrong(`groups ${depth} deep`, `${MAX_DEPTH}`);
    const options = [this.#sequence(depth)];
    while (this.scanner.takeIf('|')) options.push(this.#sequence(depth));
    return choice(options);
  }

  #sequence(depth: number): Expression {
    const parts: Expression[] = [];
    while (!this.scanner.isAtEnd && !'|)$'.includes(this.scanner.next)) {
      const what = this.#one(depth);
      const times = takeTimes(this.scanner);
      // Lazy or not: the same texts match.
      if (times !== undefined) this.scanner.takeIf('?');
      parts.push(times === undefined ? what : { kind: 'repeat', what, ...times });
    }
    return sequence(parts);
  }

  #one(depth: number): Expression {
    const { scanner } = this;
    const letter = scanner.take();
    switch (letter) {
      case '(':
        return this.#group(depth);
      case '[': {
        const isNegated = scanner.takeIf('^');
        return { kind: 'character', ranges: takeRanges(scanner, () => this.#inClass()), isNegated };
      }
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

  #group(depth: number): Expression {
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

/** All characters that are in none of the ranges, which grow. */
function inverse(ranges: readonly Range[]): readonly Range[] {
  const found: Range[] = [];
  let from = 0;
  for (const [first, last] of ranges) {
    if (first > from) found.push([from, first - 1]);
    from = last + 1;
  }
  return [...found, [from, MAX_CODE]];
}
