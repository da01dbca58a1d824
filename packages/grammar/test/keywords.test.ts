import { Ajv2020 } from 'ajv/dist/2020.js';
import formatsOfAjv from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrammarError, JsonMatcher, SchemaCompiler, type JsonSchema } from '../src';
import { walk } from './walk';

/** A validator that is not ours. */
const ajv = new Ajv2020({ strict: false, multipleOfPrecision: 3, logger: false });
formatsOfAjv(ajv);

/** Schemas, and walks through what each allows: all that comes of them is valid. Tells how many schemas could be satisfied. */
function expectValid(schemas: fc.Arbitrary<JsonSchema>, numRuns = 100): void {
  let satisfied = 0;
  fc.assert(
    fc.property(schemas, fc.integer(), (schema, seed) => {
      if (!isSatisfied(schema)) return;
      satisfied++;
      const validate = ajv.compile(schema);
      for (const text of walk(schema, seed)) {
        expect(validate(JSON.parse(text)), `${text} by ${JSON.stringify(schema)}`).toBe(true);
      }
    }),
    { numRuns },
  );
  expect(satisfied).toBeGreaterThan(numRuns / 8);
}

function isSatisfied(schema: JsonSchema): boolean {
  try {
    new JsonMatcher(schema);
    return true;
  } catch (error) {
    expect(error, JSON.stringify(schema)).toBeInstanceOf(GrammarError);
    expect(String(error)).toContain('no value is what the schema asks for');
    return false;
  }
}

function allows(schema: JsonSchema, text: string): boolean {
  const matcher = new JsonMatcher(schema);
  return Array.from(text).every((letter) => matcher.accept(letter)) && matcher.isComplete;
}

/** Some of the words of a record. */
function words(all: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(all, { requiredKeys: [] });
}

const count = fc.nat(5);
const whole = fc.oneof(fc.integer({ min: -30, max: 30 }), fc.integer(), fc.maxSafeInteger());
const decimal = fc.oneof(
  whole,
  fc.integer({ min: -500, max: 500 }).map((one) => one / 100),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const limits = (value: fc.Arbitrary<number>) => ({
  minimum: value,
  maximum: value,
  exclusiveMinimum: value,
  exclusiveMaximum: value,
});
const patterns = fc.constantFrom(
  ...['^[a-c]+$', '^(ab|c)*$', 'x{2}', '^é.?', '[^a]$', '^\\d{3}-\\d{4}$', 'a|^b|c$', '^\\S+\\s\\S+$'],
  ...[
    '^(?=.*[A-Z])(?=.*\\d).{4,}$',
    '^(?!a)(?!.*\\.\\.)[a.]+$',
    '^"\\\\"$',
    '^[\\u{1F600}-\\u{1F64F}]{2}$',
    '',
    '^$',
  ],
);
const formats = fc.constantFrom(
  ...['date', 'time', 'date-time', 'duration', 'uuid', 'ipv4', 'ipv6', 'email', 'hostname', 'uri'],
);
const text = words({ minLength: count, maxLength: count, pattern: patterns }).map((all) => ({
  type: 'string',
  ...all,
}));
const values = fc.oneof<fc.Arbitrary<JsonSchema>[]>(
  fc.constantFrom<JsonSchema>(
    true,
    {},
    { type: 'null' },
    { enum: ['a', 1, null, { b: [] }] },
    { const: 'x' },
  ),
  text,
  words(limits(fc.integer({ min: -9, max: 9 }))).map((all) => ({ type: 'integer', ...all })),
);

describe('what is written by a schema is what an independent validator takes', () => {
  it('whole numbers', () => {
    const steps = fc.constantFrom(1, 3, 7, 10, 1.5, 250);
    expectValid(
      words({ ...limits(whole), multipleOf: steps }).map((all) => ({ type: 'integer', ...all })),
      200,
    );
  });

  it('numbers', () => {
    const steps = fc.constantFrom(0.01, 0.25, 3, 1e-5, 17);
    expectValid(
      // The validator divides: its quotients are exact for small numbers alone.
      words({ ...limits(decimal), multipleOf: steps }).map((all) => ({
        type: 'number',
        ...all,
        ...('multipleOf' in all ? { allOf: [{ minimum: -1e6, maximum: 1e6 }] } : {}),
      })),
      200,
    );
  });

  it('texts by pattern and length', () => expectValid(text, 150));

  it('texts by format', () => {
    expectValid(
      fc.record({ type: fc.constant('string'), format: formats }, { requiredKeys: ['type', 'format'] }),
      120,
    );
  });

  it('lists', () => {
    expectValid(
      words({
        minItems: count,
        maxItems: count,
        items: values,
        prefixItems: fc.array(values, { maxLength: 3 }),
      })
        .filter(({ prefixItems }) => prefixItems === undefined || (prefixItems as unknown[]).length > 0)
        .map((all) => ({ type: 'array', ...all })),
    );
  });

  it('lists of which each element comes once', () => {
    const elements = fc.constantFrom<JsonSchema>(
      { enum: ['a', 'ab', 1, 12, null] },
      { anyOf: [{ type: 'boolean' }, { const: 'a' }] },
      { enum: ['a', 'b', 'c'], not: { const: 'b' } },
      { type: 'string' },
      { type: 'string', maxLength: 1, pattern: '^[ab"]*$' },
      { type: 'string', format: 'date' },
    );
    const schemas = words({
      minItems: count,
      maxItems: count,
      items: elements,
      uniqueItems: fc.constant(true),
    });
    expectValid(schemas.filter(({ items }) => items !== undefined).map((all) => ({ type: 'array', ...all })));
  });

  it('values that are not some, and conditions on values of properties', () => {
    const constants = fc.constantFrom<JsonSchema>({ const: 'a' }, { enum: ['a', true] }, { const: null });
    const values = fc.constantFrom<JsonSchema>({ enum: ['a', 'b', null] }, { type: ['string', 'boolean'] });
    const branch = fc.constantFrom<JsonSchema>(
      { required: ['x'] },
      { properties: { x: { const: 1 } }, required: ['x'] },
      { properties: { k: { maxLength: 2 } } },
    );
    const condition = fc.record(
      {
        properties: fc.dictionary(fc.constantFrom('k', 'l'), constants, { minKeys: 1 }),
        required: fc.constant(['k']),
      },
      { requiredKeys: ['properties'] },
    );
    const conditions = fc
      .record({ if: condition, then: branch, else: branch }, { requiredKeys: ['if'] })
      .filter(({ if: { properties, required } }) => required === undefined || 'k' in properties);
    const schemas = fc.record({
      k: values,
      l: values,
      not: constants,
      conditions: fc.array(conditions, { minLength: 1, maxLength: 2 }),
    });
    expectValid(
      schemas.map(({ k, l, not, conditions: allOf }) => ({
        type: 'object',
        properties: { k: { allOf: [k, { not }] }, l, x: { type: 'integer' } },
        allOf,
      })),
      150,
    );
  });

  it('objects', () => {
    const names = fc.constantFrom('a', 'b', 'ab', 'x-1', 'é"');
    const schemas = words({
      properties: fc.dictionary(names, values, { maxKeys: 3 }),
      required: fc.uniqueArray(names, { maxLength: 3 }),
      additionalProperties: values,
      patternProperties: fc.dictionary(fc.constantFrom('^x-', 'b', '^[a-c]$'), values, { maxKeys: 2 }),
      propertyNames: fc.constantFrom<JsonSchema>(
        { pattern: '^[a-c]$' },
        { maxLength: 3 },
        { enum: ['a', 'b', 'x-2'] },
        { pattern: '^x', minLength: 2 },
        true,
      ),
      minProperties: count,
      maxProperties: count,
    });
    expectValid(
      schemas.map((all) => ({ type: 'object', ...all })),
      200,
    );
  });

  it('values of any type, and choices', () => {
    const some = (values: readonly unknown[]) =>
      fc.oneof(
        { weight: 4, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom(...values) },
      );
    const all = fc.record({
      minimum: some([-5, 2, 9]),
      maximum: some([3, 12.5]),
      type: some(['string', 'integer', ['number', 'string'], ['array', 'null', 'object']]),
      minLength: some([0, 2, 5]),
      pattern: some(['^[a-c]+$', 'x{2}', '^\\S+\\s\\S+$']),
      minItems: some([1, 3]),
      minProperties: some([0, 2]),
      enum: some([['a', 'abc', 5, null, [], {}], [1, 2, 3], ['xx ']]),
    });
    const choices = fc.record({
      anyOf: fc.array(all, { minLength: 1, maxLength: 3 }),
      allOf: fc.array(all, { minLength: 1, maxLength: 2 }),
    });
    expectValid(
      fc.tuple(all, choices).map(([one, other]) => withoutUndefined({ ...one, ...other })),
      200,
    );
  });
});

/** As JSON has it. */
function withoutUndefined(schema: object): JsonSchema {
  return JSON.parse(JSON.stringify(schema)) as JsonSchema;
}

describe('keywords', () => {
  it.each<[JsonSchema, string, boolean]>([
    [{ type: 'integer', minimum: 5, maximum: 120 }, '119', true],
    [{ type: 'integer', minimum: 5, maximum: 120 }, '121', false],
    [{ type: 'integer', minimum: 5, maximum: 120 }, '4', false],
    [{ type: 'integer', minimum: -3 }, '-3', true],
    [{ type: 'integer', minimum: -3 }, '-4', false],
    [{ type: 'integer', minimum: 0.5, maximum: 1.5 }, '1', true],
    [{ type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 3 }, '2', true],
    [{ type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 3 }, '3', false],
    [{ type: 'integer', maximum: 3, exclusiveMaximum: true }, '3', false],
    [{ type: 'integer', multipleOf: 7, minimum: 100 }, '105', true],
    [{ type: 'integer', multipleOf: 7, minimum: 100 }, '106', false],
    [{ type: 'number', exclusiveMinimum: 0 }, '0.001', true],
    [{ type: 'number', exclusiveMinimum: 0 }, '0.0', false],
    [{ type: 'number', minimum: -1, maximum: 1 }, '-0.75', true],
    [{ type: 'number', minimum: -1, maximum: 1 }, '-1.01', false],
    [{ type: 'number', multipleOf: 0.01 }, '19.99', true],
    [{ type: 'number', multipleOf: 0.01 }, '19.999', false],
    [{ type: 'number', minimum: 1e300 }, '1'.padEnd(301, '0'), true],
    [{ type: 'string', pattern: 'b' }, '"abc"', true],
    [{ type: 'string', pattern: '^b' }, '"abc"', false],
    [{ type: 'string', pattern: '^a$' }, String.raw`"\u0061"`, true],
    [{ type: 'string', pattern: '^a$' }, String.raw`"\u0062"`, false],
    [{ type: 'string', pattern: '^😀$' }, String.raw`"\ud83D\uDe00"`, true],
    [{ type: 'string', pattern: '^\\n$' }, String.raw`"\n"`, true],
    [{ type: 'string', maxLength: 1 }, '"😀"', true],
    [{ type: 'string', maxLength: 1 }, '"ab"', false],
    [{ type: 'string', minLength: 2, pattern: '^a*$' }, '"a"', false],
    [{ type: 'string', format: 'date' }, '"2024-02-29"', true],
    [{ type: 'string', format: 'date' }, '"2023-02-29"', false],
    [{ type: 'string', format: 'date-time' }, '"2026-11-28T10:23:04.5+01:00"', true],
    [{ type: 'string', format: 'uri' }, '"https://me@example.org:8080/a%20b?c=d#e"', true],
    [{ type: 'string', format: 'uri' }, '"example"', false],
    [{ type: 'string', format: 'ipv6' }, '"2001:db8::8a2e:370:7334"', true],
    [{ type: 'string', format: 'ipv6' }, '"1:2:3:4:5:6:7"', false],
    [{ type: 'string', format: 'email' }, '"ada@example.org"', true],
    [{ type: 'string', format: 'of-our-own' }, '"anything"', true],
    [{ type: 'object', minProperties: 2 }, '{"a":1}', false],
    [{ type: 'object', minProperties: 2 }, '{"a":1,"a":2}', false],
    [{ type: 'object', maxProperties: 1 }, '{"a":1,"b":2}', false],
    [{ type: 'object', required: ['a'] }, '{"b":1,"a":2}', true],
    [{ type: 'object', required: ['a'] }, '{"b":1}', false],
    [{ type: 'object', patternProperties: { '^x': { type: 'null' } } }, '{"x1":null}', true],
    [{ type: 'object', patternProperties: { '^x': { type: 'null' } } }, '{"x1":1}', false],
    [{ type: 'array', items: [{ type: 'null' }], additionalItems: false }, '[null,1]', false],
    [{ properties: { a: false } }, '{"a":1}', false],
    [{ enum: ['a', 'abc', 1], type: 'string', minLength: 2 }, '"a"', false],
    [{ allOf: [{ minimum: 1 }, { minimum: 5 }], type: 'integer' }, '3', false],
    [{ $ref: '#/$defs/n', maximum: 3, $defs: { n: { type: 'integer' } } }, '4', false],
  ])('%j, text %s: %s', (schema, text, isRight) => {
    expect(allows(schema, text)).toBe(isRight);
  });

  it.each<[JsonSchema, string, RegExp]>([
    [{ type: 'string', pattern: '([' }, 'bad-grammar', /the pattern "\(\["/],
    [{ properties: { a: { type: 'string', pattern: '(?<=a)b' } } }, 'unsupported', /looking ahead or behind/],
    [{ type: 'string', pattern: 'a(?=b)' }, 'unsupported', /looking ahead/],
    [{ type: 'string', pattern: '(?=a)b' }, 'unsupported', /without \^/],
    [{ type: 'string', pattern: '^(?=a)b|c' }, 'unsupported', /choices/],
    [{ type: 'string', pattern: '(a|b)*a(a|b){40}' }, 'bad-grammar', /too many ways/],
    [{ type: 'string', pattern: '((((a{99}){99}){99}){99})' }, 'bad-grammar', /too many ways/],
    [{ type: 'string', minLength: 1e9 }, 'bad-grammar', /too many ways/],
    [{ type: 'number', multipleOf: 0 }, 'bad-grammar', /multipleOf/],
    [{ type: 'number', multipleOf: 'two' }, 'bad-grammar', /multipleOf/],
    [{ type: 'integer', minimum: 1.2, maximum: 1.8 }, 'bad-grammar', /no value/],
    [{ type: 'string', pattern: '^a$', minLength: 2 }, 'bad-grammar', /no value/],
    [{ type: 'object', required: ['b'], properties: { b: false } }, 'bad-grammar', /no value/],
    [{ type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] }, 'bad-grammar', /no value/],
    [{ propertyNames: { enum: ['a'] }, minProperties: 2, type: 'object' }, 'bad-grammar', /no value/],
    [false, 'bad-grammar', /no value/],
    [{ $ref: '#/$defs/zz' }, 'bad-grammar', /refers to what is not in it \(found "#\/\$defs\/zz"/],
    [{ $ref: '#/__proto__/constructor' }, 'bad-grammar', /refers to what is not in it/],
    [{ items: { $ref: 'https://example.org/s' } }, 'bad-grammar', /refers to what is not in it/],
    [{ type: 'strng' }, 'bad-grammar', /a type that JSON does not have \(found "strng"/],
    [{ properties: { a: { type: ['string', 5] } } }, 'bad-grammar', /found 5/],
  ])('%j is refused: %s', (schema, code, message) => {
    const make = () => new JsonMatcher(schema);
    expect(make).toThrow(expect.objectContaining({ name: 'GrammarError', code }));
    expect(make).toThrow(message);
  });

  it.each([{ $ref: '#/$defs/zz' }, { $ref: 'https://example.org/s' }, { type: 'strng' }])(
    '%j binds nothing where the schema need not be followed strictly',
    (schema) => {
      const matcher = new JsonMatcher(new SchemaCompiler().compile(schema, { isStrict: false }));
      expect(matcher.allows('"any"')).toBe(true);
      expect(matcher.allows('1')).toBe(true);
    },
  );

  it.each<JsonSchema>([
    { contains: { const: 1 } },
    { properties: { a: { not: { type: 'integer' } } } },
    { properties: { a: { not: { const: 1 } } } },
    { if: { minProperties: 2 }, then: { required: ['a'] } },
    { type: 'array', items: { type: 'integer' }, uniqueItems: true },
    { type: 'array', items: { type: ['string', 'null'] }, uniqueItems: true },
    { if: { properties: { a: { const: 1 } } }, then: { required: ['a'] } },
    { $ref: '#/$defs/a', $defs: { a: { $dynamicRef: '#a' } } },
  ])('%j is refused where all of it has to be followed, and says nothing else', (schema) => {
    const compile = (isExact: boolean) => () => new SchemaCompiler().compile(schema, { isExact });
    expect(compile(true)).toThrow(/a word that is not followed/);
    expect(compile(false)).not.toThrow();
  });

  it('patterns of names that cannot be followed leave names free where the schema need not be followed strictly', () => {
    const many = Object.fromEntries(Array.from({ length: 7 }, (_, place) => [`^${place}`, { type: 'null' }]));
    for (const schema of [
      { type: 'object', patternProperties: many, additionalProperties: false },
      { type: 'object', patternProperties: { '(?<=a)b': { type: 'null' } }, additionalProperties: false },
      { type: 'object', propertyNames: { anyOf: [{ pattern: '^a' }, { pattern: '^b' }] } },
    ]) {
      expect(
        new JsonMatcher(new SchemaCompiler().compile(schema, { isStrict: false })).allows('{"c":1}'),
      ).toBe(true);
      expect(() => new SchemaCompiler().compile(schema)).toThrow(GrammarError);
    }
  });

  it('that cannot be followed bind nothing where the schema need not be followed strictly', () => {
    const schema = { type: 'string', pattern: '(?<=a)b', maxLength: 3 };
    const matcher = new JsonMatcher(new SchemaCompiler().compile(schema, { isStrict: false }));
    expect(matcher.allows('"xyz"')).toBe(true);
    expect(matcher.allows('"wxyz"')).toBe(false);
  });

  it('of a schema that was compiled stand within another, with references of their own', () => {
    const inner = { $ref: '#/$defs/kind', $defs: { kind: { enum: ['book'] } } };
    const compiler = new SchemaCompiler();
    const outer = {
      type: 'object',
      properties: { kind: compiler.compile(inner) },
      $defs: { kind: { const: 1 } },
    };
    const matcher = new JsonMatcher(compiler.compile(outer));
    expect(matcher.allows('{"kind":"book"}')).toBe(true);
    expect(matcher.allows('{"kind":1}')).toBe(false);
  });

  it('of many schemas share one budget', () => {
    const compiler = new SchemaCompiler();
    const compileAll = () => {
      for (let length = 0; length < 500; length++)
        compiler.compile({ pattern: `^(a|b)*a(a|b){9}.{${length}}$` });
    };
    expect(compileAll).toThrow(/too many ways/);
  });

  it('bytes that are no character are not taken for one where texts are bound', () => {
    const matcher = new JsonMatcher({ type: 'string', maxLength: 9 });
    expect(matcher.allows('"\ufffd')).toBe(false);
    expect(new JsonMatcher({ type: 'string' }).allows('"\ufffd')).toBe(true);
  });

  it.each<[JsonSchema, string, boolean]>([
    [{ type: 'string' }, '"', true],
    [{ type: 'string', maxLength: 1 }, '"', true],
    [{ type: 'string', maxLength: 1 }, '"a', false],
    [{ type: 'string', pattern: '^\\S{2}$' }, '"a', true],
    [{ type: 'string', pattern: '^[a-z]+$' }, '"a', false],
    [{ enum: ['a😀'] }, '"a', true],
    [{ enum: ['a😀'] }, '"', false],
    [{ type: 'integer' }, '1', false],
    [{ type: 'object' }, '{"', true],
  ])('%j: behind %s, some character beyond U+FFFF may come: %s', (schema, text, isRight) => {
    expect(new JsonMatcher(schema).allowsSome(text, [0x1f600, 0x1f63f])).toBe(isRight);
  });
});
