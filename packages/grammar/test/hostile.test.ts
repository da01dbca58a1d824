import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrammarError, JsonMatcher, readGrammar, readPattern, TextMatcher, type JsonSchema } from '../src';
import { walk } from './walk';

/** What comes of a text that is read and begun to be followed: a result, or an error of ours. */
function tryAll(make: () => { allows(text: string): boolean }): string {
  try {
    const matcher = make();
    for (const text of ['a', '"', '{"', '[1, ', '-0.5']) matcher.allows(text);
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(GrammarError);
    return 'refused';
  }
}

describe('repetitions of repetitions', () => {
  it.each([
    ['root ::= "a"****', 'aaa', true],
    ['root ::= "a"{0,}* "b"', 'aab', true],
    ['root ::= "a"+? "b"', 'b', true],
    ['root ::= "a"{2}{3}', 'aaaaaa', true],
    ['root ::= "a"{2}{3}', 'aaaaa', false],
    ['root ::= "a"{0,2}{3}', 'aaaaaa', true],
    ['root ::= "a"{0,2}{3}', 'aaaaaaa', false],
    ['root ::= "a"{1,2}{2,3}', 'a', false],
    ['root ::= ("a" | )* ( | "b")+ ("" | "c"){0,}', 'aabc', true],
    ['root ::= (("a"? "b"?)* | )* "c"', 'abbac', true],
    ['root ::= "a"{0}* "b"', 'b', true],
  ])('%s, text %s: %s', (grammar, text, isRight) => {
    const matcher = new TextMatcher(readGrammar(grammar));
    expect(Array.from(text).every((letter) => matcher.accept(letter)) && matcher.isComplete).toBe(isRight);
  });

  it('without end are refused, with the place', () => {
    expect(() => readGrammar(`root ::= "a"${'{2}'.repeat(17)}`)).toThrow(
      /character 63 \(found repetitions of repetitions, allowed 16 in a row\)/,
    );
    expect(tryAll(() => new TextMatcher(readGrammar(`root ::= "a"${'*'.repeat(16)}`)))).toBe('read');
  });
});

describe('grammars of half a megabyte', () => {
  const many = (count: number, one: (index: number) => string, between: string): string =>
    Array.from({ length: count }, (_, index) => one(index)).join(between);

  it.each<[string, string, string]>([
    ['stars', `root ::= "a"${'*'.repeat(400_000)}`, 'refused'],
    ['counts', `root ::= "a"${'{2,}'.repeat(100_000)}`, 'refused'],
    ['empty choices', `root ::= (${'|'.repeat(400_000)})*`, 'refused'],
    ['choices', `root ::= ${many(30_000, () => 'a', ' | ')}\na ::= "x"`, 'read'],
    ['texts', `root ::= ${many(20_000, (index) => `"${index}"`, ' | ')}`, 'read'],
    [
      'a chain of rules',
      `root ::= r0\n${many(19_000, (index) => `r${index} ::= r${index + 1}`, '\n')}\nr19000 ::= "" `,
      'read',
    ],
    [
      'a chain backwards',
      `root ::= r19000\nr0 ::= ""\n${many(19_000, (index) => `r${index + 1} ::= r${index}`, '\n')}`,
      'read',
    ],
    [
      'rules of rules',
      `root ::= ${many(15_000, (index) => `r${index}`, ' ')}\n${many(15_000, (index) => `r${index} ::= ""`, '\n')}`,
      'read',
    ],
    [
      'rules that are looked at again and again',
      `root ::= ${many(15_000, (index) => `r${index}`, ' ')}\nr0 ::= ""\n${many(15_000, (index) => `r${index + 1} ::= r${index}`, '\n')}`,
      'refused',
    ],
    [
      'a class',
      `root ::= [${many(100_000, (index) => String.fromCodePoint(0x10000 + 2 * index), '')}]{0,10000}`,
      'read',
    ],
    ['counts within counts', `root ::= ${'('.repeat(60)}"a"?${'){10000}'.repeat(60)}`, 'read'],
    ['empty parts', `root ::= (${'"a"? '.repeat(60_000)}){2,10000}`, 'refused'],
  ])('%s', (_, grammar, expected) => {
    expect(tryAll(() => new TextMatcher(readGrammar(grammar)))).toBe(expected);
  });
});

describe('expressions', () => {
  it.each<[string, string]>([
    ['(a*)*b', 'read'],
    ['^(a|a)*$', 'read'],
    ['(x+x+)+y', 'read'],
    [`(${'a?'.repeat(5000)})${'a'.repeat(5000)}`, 'refused'],
    ['(.*a){20}', 'read'],
    [`^${'(a|b)?'.repeat(60)}$`, 'read'],
    ['(a|b)*a(a|b){30}', 'refused'],
    [`^(?!${'.*'.repeat(50)}x)`, 'read'],
    [`^${'(?=.*a.{9})'.repeat(40)}`, 'refused'],
    [`[${'\\w\\d\\s'.repeat(3000)}]`, 'read'],
    ['(((a{1000}){1000}){1000})', 'refused'],
    ['^((){9999}){9999}$', 'refused'],
    [`${'('.repeat(5000)}${')'.repeat(5000)}`, 'refused'],
  ])('%s: %s', (pattern, expected) => {
    expect(tryAll(() => new JsonMatcher({ type: 'string', pattern }))).toBe(expected);
  });
});

describe('what is random', () => {
  const signs = fc.array(
    fc.constantFrom(
      ...Array.from('abr"[]()|*+?{},0:=! \n\\^$.-<#'),
      'root ::= ',
      '(?=',
      '(?!',
      '{0,}',
      '\\u{1F600}',
      '😀',
    ),
    { maxLength: 40 },
  );

  it('is read as a grammar or an expression, or refused', () => {
    let read = 0;
    fc.assert(
      fc.property(signs, (parts) => {
        const text = parts.join('');
        tryAll(() => new TextMatcher(readGrammar(`root ::= ${text}`)));
        tryAll(() => new TextMatcher(readPattern(text)));
        if (tryAll(() => new JsonMatcher({ type: 'string', pattern: text })) === 'read') read++;
      }),
      { numRuns: 1500 },
    );
    expect(read).toBeGreaterThan(50);
  });

  it('is read as an expression that means what the one of JavaScript does, or refused', () => {
    const letters = fc.constantFrom(...'abc^$.|()[]*+?{}2,'.split(''), '(?:', '[^', '(?=', '(?!', '{1,2}');
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 10 }),
        fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 }),
        (parts, text) => {
          const pattern = parts.join('');
          let matcher: JsonMatcher;
          try {
            matcher = new JsonMatcher({ type: 'string', pattern });
          } catch (error) {
            expect(error).toBeInstanceOf(GrammarError);
            return;
          }
          const isAllowed = matcher.accept(JSON.stringify(text.join(''))) && matcher.isComplete;
          expect(isAllowed, pattern).toBe(new RegExp(pattern, 'u').test(text.join('')));
        },
      ),
      { numRuns: 3000 },
    );
  });

  /** Schemas whose words have any values, and those that they should have. */
  const schemas = fc.letrec<{ schema: unknown; junk: unknown }>((tie) => {
    const word = (...good: readonly unknown[]) =>
      fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: tie('junk') });
    const many = fc.oneof(
      { weight: 5, arbitrary: fc.array(tie('schema'), { maxLength: 3 }) },
      { weight: 1, arbitrary: tie('junk') },
    );
    const named = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.dictionary(fc.constantFrom('a', 'b', '^c', '__proto__', '('), tie('schema'), {
          maxKeys: 3,
        }),
      },
      { weight: 1, arbitrary: tie('junk') },
    );
    const references = word('#', '#/$defs/a', '#/properties/b', '#/$defs/%7', 'https://example.org/x');
    return {
      junk: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(1e999, -1e999, 1e308, -0, 5e-324, 1e21)),
      schema: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.boolean(),
        fc.record(
          {
            type: word('string', 'integer', 'number', 'object', 'array', ['null', 'object']),
            minimum: word(0, 1.5, -7),
            exclusiveMaximum: word(3, 1e-9, true),
            multipleOf: word(2, 0.1),
            minLength: word(1, 2.5),
            maxLength: word(3),
            pattern: word('^a+$', '(?=a)', '(', 'b'),
            format: word('date', 'uuid'),
            enum: fc.oneof(fc.array(tie('junk'), { maxLength: 3 }), tie('junk')),
            required: word([], ['a'], ['__proto__']),
            $ref: references,
          },
          { requiredKeys: [] },
        ),
        fc.record(
          {
            properties: named,
            patternProperties: named,
            propertyNames: tie('schema'),
            additionalProperties: tie('schema'),
            items: fc.oneof(tie('schema'), many),
            prefixItems: many,
            anyOf: many,
            oneOf: many,
            allOf: many,
            $defs: named,
            minProperties: word(1),
            maxItems: word(2),
            minItems: word(1),
            $ref: references,
          },
          { requiredKeys: [] },
        ),
      ),
    };
  }).schema;

  it('is followed as a schema to the end of every walk, or refused', () => {
    let walked = 0;
    fc.assert(
      fc.property(schemas, fc.integer(), (schema, seed) => {
        try {
          new JsonMatcher(schema as JsonSchema);
        } catch (error) {
          expect(error).toBeInstanceOf(GrammarError);
          return;
        }
        walked++;
        for (const text of walk(schema as JsonSchema, seed, 60)) JSON.parse(text);
      }),
      { numRuns: 1500 },
    );
    expect(walked).toBeGreaterThan(300);
  });
});
