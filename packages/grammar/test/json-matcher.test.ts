import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonMatcher, type JsonSchema } from '../src';

/** Whether a text is, letter by letter, what a schema allows. */
function matches(schema: JsonSchema, text: string): boolean {
  const matcher = new JsonMatcher(schema);
  return (
    [...new Intl.Segmenter().segment(text)].every(({ segment }) => matcher.accept(segment)) &&
    matcher.isComplete
  );
}

const person = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1 },
    age: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
  },
  required: ['name'],
} as const;

describe('a schema', () => {
  it.each([
    [person, '{"name": "Ada", "age": 36}', true],
    [person, '{"age":36,"name":"Ada"}', true],
    [person, '{\n  "name": "A\\u00e9\\n",\n  "tags": ["x", "y"]\n} ', true],
    [person, '{"age": 36}', false],
    [person, '{"name": ""}', false],
    [person, '{"name": "Ada", "age": 3.5}', false],
    [person, '{"name": "Ada", "other": 1}', false],
    [person, '{"name": "Ada", "name": "Eve"}', false],
    [person, '{"name": "Ada",}', false],
    [person, '{"name": "Ada", "tags": ["x", "y", "z"]}', false],
    [{ ...person, additionalProperties: true }, '{"name": "Ada", "other": [1, {"a": null}]}', true],
    [{ ...person, additionalProperties: { type: 'boolean' } }, '{"name": "Ada", "other": 1}', false],
    [{ ...person, additionalProperties: true }, '{"name": 3}', false],
    [{ enum: ['a', 1, null] }, '"a"', true],
    [{ enum: ['a', 1, null] }, '"b"', false],
    [{ const: { a: 1 } }, '{"a":1}', true],
    [{ type: ['string', 'null'] }, 'null', true],
    [
      { anyOf: [{ type: 'integer' }, { type: 'object', properties: { x: { type: 'null' } } }] },
      '{"x":null}',
      true,
    ],
    [{ oneOf: [{ required: ['a'] }], properties: { a: { type: 'boolean' } } }, '{}', false],
    [{ allOf: [{ properties: { a: { type: 'number' } } }, { required: ['a'] }] }, '{"a": -1.5e-7}', true],
    [{ allOf: [{ properties: { a: { type: 'number' } } }, { required: ['a'] }] }, '{}', false],
    [{ type: 'array', items: { type: 'integer' }, minItems: 2 }, '[1]', false],
    [{ type: 'array', items: { type: 'integer' }, minItems: 2 }, '[1, -20]', true],
    [{ type: 'integer' }, '01', false],
    [{ type: 'number' }, '1e', false],
    [true, '"tab\tin it"', false],
  ] satisfies [JsonSchema, string, boolean][])('%j, text %s: %s', (schema, text, isRight) => {
    expect(matches(schema, text)).toBe(isRight);
  });

  it('may refer to itself', () => {
    const tree = {
      properties: { next: { $ref: '#' }, value: { $ref: '#/$defs/v' } },
      $defs: { v: { type: 'integer' } },
    };
    expect(matches(tree, '{"next": {"next": {}, "value": 2}, "value": 1}')).toBe(true);
    expect(matches(tree, '{"next": {"value": "2"}}')).toBe(false);
    expect(matches({ $ref: '#' }, '1')).toBe(true);
    expect(
      matches({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }, '1'),
    ).toBe(true);
  });

  it('may be closed by a mark', () => {
    const matcher = new JsonMatcher({ type: 'object' }, '</call>');
    expect(matcher.accept('\n{"a": 1}\n</ca')).toBe(true);
    expect(matcher.isComplete).toBe(false);
    expect(matcher.accept('ll>')).toBe(true);
    expect(matcher.isComplete).toBe(true);
    expect(matcher.allows('x')).toBe(false);
  });

  it('of many properties costs little', () => {
    const names = Array.from({ length: 500 }, (_, index) => `property${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    const value = Object.fromEntries(names.slice(0, 50).map((name) => [name, 'x']));
    expect(matches({ type: 'object', properties }, JSON.stringify(value))).toBe(true);
  });
});

describe('any JSON', () => {
  it('is allowed without a schema, however it is written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2), (value, indent) => {
        // JSON has no -0 that comes back, and numbers here have 32 digits at most.
        expect(matches(true, JSON.stringify(value, undefined, indent))).toBe(true);
      }),
    );
  });

  it('that is cut anywhere can still go on, and is not complete before its end', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (value) => {
        const matcher = new JsonMatcher({ type: 'object' });
        for (const character of JSON.stringify(value).slice(0, -1)) {
          expect(matcher.accept(character)).toBe(true);
          expect(matcher.isComplete).toBe(false);
        }
      }),
    );
  });

  it('is never what JSON.parse refuses', () => {
    const letters = fc.constantFrom(...'{}[]",:0123456789.-+eE \\nulltruefalse"a'.split(''));
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 60 }), (tries) => {
        const matcher = new JsonMatcher(true);
        const text = tries.filter((letter) => matcher.accept(letter)).join('');
        if (matcher.isComplete) expect(() => JSON.parse(text) as unknown).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

describe('JSON that is cut', () => {
  it('anywhere is closed to what its schema allows', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            name: fc.string({ minLength: 1 }),
            age: fc.integer(),
            tags: fc.array(fc.string(), { maxLength: 2 }),
          },
          { requiredKeys: ['name'] },
        ),
        fc.nat(80),
        (value, cut) => {
          const text = Array.from(JSON.stringify(value)).slice(0, cut).join('');
          const matcher = new JsonMatcher(person);
          expect(matcher.accept(text)).toBe(true);
          const whole = text + (matcher.closing() ?? '');
          expect(matches(person, whole)).toBe(true);
          expect(() => JSON.parse(whole) as unknown).not.toThrow();
        },
      ),
    );
  });

  it('is closed without a schema, and behind the mark that has to follow', () => {
    for (const text of ['', '{"a": [1, {"b\\', '{"a": "\\u00', '[-', '[1.', '[2e', 'tr', '{"a"']) {
      const matcher = new JsonMatcher(true);
      expect(matcher.accept(text), text).toBe(true);
      expect(() => JSON.parse(text + (matcher.closing() ?? '')) as unknown, text).not.toThrow();
    }
    const marked = new JsonMatcher({ type: 'object' }, '</call>');
    marked.accept('{"a": "b');
    expect(marked.closing()).toBe('"}</call>');
  });

  it('finds the end of schemas that lead into themselves, and refuses those that have none', () => {
    const list = {
      type: 'object',
      properties: { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
      required: ['next'],
    };
    const matcher = new JsonMatcher(list);
    matcher.accept('{"next":');
    expect(JSON.parse(`{"next":${matcher.closing() ?? ''}`)).toBeDefined();
    const endless = {
      type: 'object',
      properties: { a: { $ref: '#' }, b: { $ref: '#' } },
      required: ['a', 'b'],
    };
    expect(() => new JsonMatcher(endless)).toThrow(/no value/);
  });
});
