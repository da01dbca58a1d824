import { checkRules } from './check-rules';
import {
  character,
  choice,
  MAX_REPEAT,
  repeat,
  sequence,
  type Expression,
  type Rules,
  type Times,
} from './expression';
import { Scanner, takeClass } from './scanner';

/** Characters of a grammar. Threat: memory. Largest: those that are made of schemas, some 100,000. */
const MAX_LENGTH = 500_000;

/** Parentheses within parentheses. Threat: the stack. Largest: a few. */
const MAX_DEPTH = 64;

/** Signs of repetition behind one another. Threat: the stack. Largest: one. */
const MAX_SIGNS = 16;

const ANY: Expression = { kind: 'character', ranges: [], isNegated: true };

/**
 * Read a grammar in GBNF, as llama.cpp has it: `name ::= …` with `"text"`, `[a-z]`, `[^a-z]`, `.`, `( )`, `|`, `*`, `+`, `?`, `{2,5}` and `#`
 * comments. A text is what `root` says.
 *
 * @throws GrammarError.
 */
export function readGrammar(text: string): Rules {
  const scanner = new Scanner(text, 'grammar');
  if (text.length > MAX_LENGTH) throw scanner.wrong(`${text.length} characters`, `${MAX_LENGTH}`);
  return checkRules(new GbnfReader(scanner).rules(), scanner);
}

class GbnfReader {
  constructor(private readonly scanner: Scanner) {}

  rules(): Rules {
    const rules = new Map<string, Expression>();
    this.#skip(true);
    while (!this.scanner.isAtEnd) {
      const name = this.#name();
      if (name === '') throw this.scanner.wrong(JSON.stringify(this.scanner.next), 'the name of a rule');
      if (rules.has(name)) throw this.scanner.wrong(`the rule ${name} again`, 'each rule once');
      this.#skip(false);
      this.scanner.expect('::=');
      this.#skip(true);
      rules.set(name, this.#options(0));
      this.#skip(true);
    }
    return rules;
  }

  #name(): string {
    return this.scanner.takeWhile((letter) => /^[a-zA-Z0-9-]$/.test(letter));
  }

  /** Skip space and comments; a line break ends a rule outside of parentheses. */
  #skip(withLines: boolean): void {
    const { scanner } = this;
    while (true) {
      scanner.takeWhile(
        (letter) => letter === ' ' || letter === '\t' || (withLines && /^[\r\n]$/.test(letter)),
      );
      if (scanner.next !== '#') return;
      scanner.takeWhile((letter) => !/^[\r\n]$/.test(letter));
    }
  }

  #options(depth: number): Expression {
    if (depth > MAX_DEPTH) throw this.scanner.wrong(`parentheses ${depth} deep`, `${MAX_DEPTH}`);
    const options = [this.#sequence(depth)];
    while (this.scanner.takeIf('|')) {
      this.#skip(true);
      options.push(this.#sequence(depth));
    }
    return choice(options);
  }

  #sequence(depth: number): Expression {
    const parts: Expression[] = [];
    for (let one = this.#one(depth); one !== undefined; one = this.#one(depth)) {
      this.#skip(depth > 0);
      parts.push(this.#repeated(one, depth));
    }
    return sequence(parts);
  }

  #one(depth: number): Expression | undefined {
    const { scanner } = this;
    if (scanner.takeIf('"')) return this.#text();
    if (scanner.takeIf('[')) return takeClass(scanner, () => this.#letter());
    if (scanner.takeIf('.')) return ANY;
    if (scanner.takeIf('(')) {
      this.#skip(true);
      const inside = this.#options(depth + 1);
      this.#skip(true);
      scanner.expect(')');
      return inside;
    }
    if (scanner.next === '<' || scanner.next === '!') throw scanner.unsupported('a token by its name');
    const name = this.#name();
    return name === '' ? undefined : { kind: 'rule', name };
  }

  #text(): Expression {
    const parts: Expression[] = [];
    while (!this.scanner.takeIf('"')) parts.push(character(this.#letter()));
    return sequence(parts);
  }

  #letter(): number {
    const { scanner } = this;
    const letter = scanner.take();
    if (letter !== '\\') return codeOf(letter);
    const escape = scanner.take();
    const digits = { x: 2, u: 4, U: 8 }[escape];
    if (digits !== undefined) return scanner.takeHex(digits);
    const control = { n: '\n', r: '\r', t: '\t' }[escape];
    if (control !== undefined) return codeOf(control);
    if ('\\"[]-^'.includes(escape)) return codeOf(escape);
    throw scanner.wrong(
      JSON.stringify(`\\${escape}`),
      '\\n, \\r, \\t, \\x41, \\u0041, \\\\, \\", \\[ and \\]',
    );
  }

  #repeated(one: Expression, depth: number): Expression {
    let what = one;
    for (let signs = 0; ; signs++) {
      const times = takeTimes(this.scanner);
      if (times === undefined) return what;
      if (signs === MAX_SIGNS)
        throw this.scanner.wrong('repetitions of repetitions', `${MAX_SIGNS} in a row`);
      what = repeat(what, times);
      this.#skip(depth > 0);
    }
  }
}

/** How often something comes, if a sign says so: `*`, `+`, `?`, `{2}`, `{2,}`, `{,5}`, `{2,5}`. */
export function takeTimes(scanner: Scanner): Times | undefined {
  if (scanner.takeIf('*')) return { least: 0, most: Infinity };
  if (scanner.takeIf('+')) return { least: 1, most: Infinity };
  if (scanner.takeIf('?')) return { least: 0, most: 1 };
  if (!scanner.takeIf('{')) return undefined;
  const least = scanner.next === ',' ? 0 : scanner.takeNumber(MAX_REPEAT);
  if (scanner.takeIf('}')) return { least, most: least };
  scanner.expect(',');
  if (scanner.takeIf('}')) return { least, most: Infinity };
  const most = scanner.takeNumber(MAX_REPEAT);
  scanner.expect('}');
  if (most < least) throw scanner.wrong(`${least} to ${most} times`, 'the smaller number first');
  return { least, most };
}

function codeOf(letter: string): number {
  return letter.codePointAt(0) ?? 0;
}
