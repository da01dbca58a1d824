import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrammarError, readGrammar, readPattern, TextMatcher, type Rules } from '../src';

function matches(rules: Rules, text: string): boolean {
  const matcher = new TextMatcher(rules);
  return Array.from(text).every((letter) => matcher.accept(letter)) && matcher.isComplete;
}

const arithmetic = String.raw`
# A sum of products.
root   ::= sum "\n"
sum    ::= product ([-+] product)*   # from left to right
product::= value ("*" value | "/" value)*
value  ::= ( [0-9]+
           | "(" sum ")" )
`;

const list = String.raw`root ::= item+
item ::= "- " [^\n]+ "\n"`;

describe('a grammar', () => {
  it.each([
    [arithmetic, '1+2*(3-4)\n', true],
    [arithmetic, '1+2*(3-4\n', false],
    [arithmetic, '1+\n', false],
    [arithmetic, '12', false],
    [list, '- one\n- two\n', true],
    [list, '- one\ntwo\n', false],
    ['root ::= "a" | "b" "c"?', 'bc', true],
    ['root ::= "a" | "b" "c"?', 'ac', false],
    ['root ::= [a-c]{2,3} .', 'abcé', true],
    ['root ::= [a-c]{2,3} .', 'ax', false],
    ['root ::= "x"{2} "y"{2,} "z"{,2}', 'xxyyyzz', true],
    ['root ::= "x"{2} "y"{2,} "z"{,2}', 'xxyyzzz', false],
    [String.raw`root ::= "\x41\u00e9\U0001F600\"\\\t"`, 'Aé😀"\\\t', true],
    [String.raw`root ::= [\]\[a-]`, '-', true],
    ['root ::= a-b\na-b ::= "(" a-b ")" | ""', '((()))', true],
    ['root ::= a-b\na-b ::= "(" a-b ")" | ""', '((())', false],
    ['root ::= ("a" | ""){3} ("b"*)*', 'aabb', true],
  ])('%j, text %j: %s', (grammar, text, isRight) => {
    expect(matches(readGrammar(grammar), text)).toBe(isRight);
  });

  it.each([
    ['root ::= root "a" | "a"', /begins with itself/],
    ['root ::= a\na ::= "b"? root', /begins with itself/],
    ['root ::= ("x"* root)?', /begins with itself/],
    ['', /no rule root/],
    ['start ::= "a"', /no rule root/],
    ['root ::= missing', /missing/],
    ['root ::= "a', /the end/],
    ['root ::= [a', /the end/],
    ['root ::= [z-a]', /ends before it begins/],
    ['root ::= ("a"', /"\)"/],
    ['root ::= "a"{3,2}', /smaller number/],
    ['root ::= "a"{99999999}', /10000/],
    [String.raw`root ::= "\q"`, /q/],
    ['root ::= <think>', /token by its name/],
    ['root "a"', /::=/],
    ['root ::= "a"\nroot ::= "b"', /each rule once/],
    [`root ::= ${'('.repeat(100)}`, /deep/],
  ])('%j is refused', (grammar, message) => {
    expect(() => readGrammar(grammar)).toThrow(GrammarError);
    expect(() => readGrammar(grammar)).toThrow(message);
  });
});

describe('a regular expression', () => {
  it.each([
    [String.raw`^\d{4}-\d{2}-\d{2}$`, '2026-11-28', true],
    [String.raw`^\d{4}-\d{2}-\d{2}$`, '2026-11-2x', false],
    ['(?:yes|no)(?<end>[.!])?', 'no!', true],
    ['a+?b*', 'aab', true],
    ['[^a-z\\s]\\w.', 'A_é', true],
    ['.', '\n', false],
    [String.raw`\u{1F600}\x41[\d-]`, '😀A-', true],
    ['', '', true],
  ])('%j, text %j: %s', (pattern, text, isRight) => {
    expect(matches(readPattern(pattern), text)).toBe(isRight);
  });

  it.each([
    String.raw`(a)\1`,
    '(?=a)',
    '(?<!a)b',
    String.raw`\bx`,
    String.raw`\p{L}`,
    'a^b',
    'a$b',
    '*a',
    '(',
    'a)',
    '[a',
    'a{2',
  ])('%j is refused', (pattern) => {
    expect(() => readPattern(pattern)).toThrow(GrammarError);
  });

  /** Expressions over three letters, as text. */
  const patterns = fc.letrec<{ one: string; all: string }>((tie) => ({
    one: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]'),
      tie('all').map((inside) => `(${inside})`),
      fc
        .tuple(tie('all'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}'))
        .map(([inside, times]) => `(${inside})${times}`),
    ),
    all: fc
      .array(
        fc.array(tie('one'), { maxLength: 3 }).map((parts) => parts.join('')),
        { minLength: 1, maxLength: 3 },
      )
      .map((options) => options.join('|')),
  })).all;
  const texts = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }).map((letters) => letters.join(''));

  it('matches what the one of JavaScript matches', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(matches(readPattern(pattern), text), `${pattern} on ${text}`).toBe(
          new RegExp(`^(?:${pattern})$`, 'u').test(text),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('and the grammar that says the same agree, and what a text may go on with is what it then may be', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        // The signs mean the same in a grammar; letters are in quotes there.
        const grammar = `root ::= ${pattern.replaceAll(/\[[^\]]*\]|[abc]/g, (part) => (part.startsWith('[') ? part : `"${part}"`))}`;
        const [first, second] = [
          new TextMatcher(readPattern(pattern)),
          new TextMatcher(readGrammar(grammar)),
        ];
        for (const letter of text) {
          const isAllowed = first.allows(letter);
          expect(second.accept(letter)).toBe(isAllowed);
          expect(first.accept(letter)).toBe(isAllowed);
        }
        expect(first.isComplete).toBe(second.isComplete);
      }),
      { numRuns: 200 },
    );
  });
});

it('some characters of a range may come where one of them may', () => {
  const matcher = new TextMatcher(readGrammar(String.raw`root ::= "a" [é-ü] [^\u0100-\U0010FFFF]`));
  expect(matcher.allowsSome('a', [0xc0, 0xff])).toBe(true);
  expect(matcher.allowsSome('a', [0xc0, 0xdf])).toBe(false);
  expect(matcher.allowsSome('aé', [0xc0, 0x17f])).toBe(true);
  expect(matcher.allowsSome('aé', [0x100, 0x10ffff])).toBe(false);
  expect(matcher.allowsSome('b', [0xc0, 0xff])).toBe(false);
});

describe('hostile input', () => {
  it.each(['(a*)*b', '(a|a)*b', '(a|aa)+', '((a?){1000}){1000}', '(.*)(.*)(.*)(.*)(.*)x', '((a*)*)*'])(
    'the expression %j costs no more than its text is long',
    (pattern) => {
      const matcher = new TextMatcher(readPattern(pattern));
      // With an expression that goes back and forth this would never end.
      for (let letter = 0; letter < 60; letter++) expect(matcher.accept('a')).toBe(true);
    },
  );

  it('a grammar that may mean very many things is followed as far as its places go', () => {
    const matcher = new TextMatcher(readGrammar('root ::= "a" root root | "a"'));
    for (let letter = 0; letter < 200; letter++) expect(matcher.accept('a')).toBe(true);
  });

  it('no text makes the readers throw anything else', () => {
    const signs = fc.array(fc.constantFrom(...Array.from('abr"[]()|*+?{},0:= \n\\^$.-<#'), 'root ::= '), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(signs, (parts) => {
        for (const read of [readGrammar, readPattern]) {
          try {
            new TextMatcher(read(parts.join(''))).allows('ab');
          } catch (error) {
            expect(error).toBeInstanceOf(GrammarError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
