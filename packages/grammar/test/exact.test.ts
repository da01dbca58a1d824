import { describe, expect, it } from 'vitest';
import { GrammarError, JsonMatcher, SchemaCompiler, type JsonSchema } from '../src';

function compile(schema: JsonSchema, isExact = true) {
  return new SchemaCompiler().compile(schema, { isExact });
}

function allows(schema: JsonSchema, value: unknown, isExact = true): boolean {
  const matcher = new JsonMatcher(compile(schema, isExact));
  return matcher.accept(JSON.stringify(value)) && matcher.isComplete;
}

function inProperty(schema: JsonSchema): JsonSchema {
  return { type: 'object', properties: { a: { type: 'array', items: schema } } };
}

describe('where all of a schema has to be followed', () => {
  it.each<[JsonSchema, string]>([
    [{ propertees: {} }, 'a word that is not known (found "propertees", allowed the words of JSON Schema'],
    [{ constructor: 1 }, 'a word that is not known (found "constructor"'],
    [{ $dynamicRef: '#a' }, 'a word that is not followed (found "$dynamicRef")'],
    [{ $recursiveRef: '#' }, 'a word that is not followed (found "$recursiveRef")'],
    [{ contains: { const: 1 } }, 'a word that is not followed (found contains)'],
    [{ properties: 5 }, 'properties of the schema is malformed (found 5, allowed an object of schemas)'],
    [{ properties: { b: 'string' } }, 'properties of the schema is malformed (found {"b":"string"}'],
    [{ required: 'a' }, 'required of the schema is malformed (found "a", allowed a list of strings)'],
    [
      { minLength: 'x' },
      'minLength of the schema is malformed (found "x", allowed a whole number from 0 on)',
    ],
    [{ minItems: 1.5 }, 'minItems of the schema is malformed (found 1.5'],
    [{ enum: 3 }, 'enum of the schema is malformed (found 3, allowed a list of values)'],
    [{ items: 7 }, 'items of the schema is malformed (found 7, allowed a schema, or a list of them)'],
    [{ anyOf: [] }, 'anyOf of the schema is malformed (found [], allowed a list of schemas)'],
    [{ type: [] }, 'type of the schema is malformed (found [], allowed string, number'],
    [{ multipleOf: 0 }, 'multipleOf of the schema is malformed (found 0, allowed a number above 0)'],
    [{ $ref: 5 }, '$ref of the schema is malformed (found 5, allowed a string)'],
    [
      { oneOf: [{ type: 'number' }, { type: 'integer' }] },
      'two branches of oneOf may hold together (found branches 0 and 1',
    ],
    [{ oneOf: [{ type: 'string' }, { minLength: 1 }] }, 'two branches of oneOf may hold together'],
  ])('%j is refused, and says nothing else where it need not be', (schema, message) => {
    expect(() => compile(inProperty(schema))).toThrow(`#/properties/a/items: `);
    expect(() => compile(inProperty(schema))).toThrow(message);
    if (typeof schema === 'object' && !('multipleOf' in schema))
      expect(() => compile(inProperty(schema), false)).not.toThrow();
  });

  it('words that say nothing of values pass', () => {
    const words = {
      ...{ title: 'T', description: 'd', default: 5, examples: [1], $comment: 'c', deprecated: true },
      ...{ readOnly: true, writeOnly: false, $schema: 'https://json-schema.org/draft/2020-12/schema' },
      ...{
        $id: 'https://example.org/s',
        $anchor: 'a',
        contentMediaType: 'text/plain',
        contentEncoding: 'base64',
      },
      ...{ contentSchema: {}, discriminator: { propertyName: 'k' }, example: 1, 'x-order': 3 },
      ...{
        markdownDescription: 'm',
        propertyOrdering: ['a'],
        minContains: 1,
        then: {},
        additionalItems: false,
      },
    };
    expect(allows({ type: 'string', ...words, format: 'of-our-own' }, 'x')).toBe(true);
  });
});

describe('errors tell the place', () => {
  it.each<[JsonSchema, string]>([
    [
      { properties: { items: { items: { type: 'strnig' } } } },
      '#/properties/items/items: the schema names a type',
    ],
    [{ properties: { 'a/b~': { pattern: '(' } } }, '#/properties/a~1b~0: the pattern "("'],
    [
      { $ref: '#/$defs/x', $defs: { x: { $ref: '#/$defs/y' } } },
      '#/$defs/x: the schema refers to what is not in it',
    ],
    [{ allOf: [{ properties: { a: { multipleOf: -1 } } }] }, '#/allOf/0/properties/a: multipleOf'],
    [
      { allOf: [{ properties: { a: { multipleOf: 2 } } }, { properties: { a: { pattern: '(' } } }] },
      '#/allOf/1/properties/a: the pattern',
    ],
    [
      { items: { propertyNames: { anyOf: [{ pattern: 'a' }, { pattern: 'b' }] }, type: 'object' } },
      '#/items: propertyNames',
    ],
    [
      { properties: { a: { minimum: 3, maximum: 2, type: 'integer' } }, required: ['a'] },
      '#/properties/a: no value',
    ],
    [{ type: 'array', minItems: 1, items: { anyOf: [{ enum: [] }, false] } }, '#/items: no value'],
    [{ properties: { a: false }, required: ['a'] }, '#: no value'],
    [{ properties: { a: { $ref: '#' } }, required: ['a'] }, '#/properties/a: no value'],
    [false, '#: no value'],
  ])('%j: %s', (schema, message) => {
    expect(() => new JsonMatcher(schema)).toThrow(message);
  });

  it('for programs, too; a long one is cut', () => {
    const name = 'n'.repeat(1000);
    const place = (schema: JsonSchema): string | undefined => {
      try {
        compile(schema);
      } catch (error) {
        if (error instanceof GrammarError) return error.place;
      }
      return undefined;
    };
    expect(place({ properties: { city: { type: 'strng' } } })).toBe('#/properties/city');
    expect(place({ properties: { [name]: { type: 'strng' } } })).toHaveLength(401);
  });
});

describe('what no value can be', () => {
  it.each<JsonSchema>([
    { not: {} },
    { not: true },
    { not: { description: 'anything' } },
    { type: 'object', properties: { a: { not: {} } }, required: ['a'] },
    { type: 'string', not: { type: ['string', 'null'] } },
    { oneOf: [{ const: 'a' }, { enum: ['a'] }] },
  ])('%j is refused', (schema) => {
    for (const isExact of [true, false]) expect(() => compile(schema, isExact)).toThrow(/no value/);
  });
});

const kinds: JsonSchema = {
  oneOf: [
    { type: 'object', properties: { kind: { const: 'a' }, x: { type: 'integer' } }, required: ['kind'] },
    { type: 'object', properties: { kind: { enum: ['b', 'c'] }, x: { type: 'null' } }, required: ['kind'] },
  ],
};
const either: JsonSchema = {
  type: 'object',
  properties: { a: { type: 'integer' }, b: { type: 'integer' }, c: { type: 'integer' } },
  oneOf: [{ required: ['a'] }, { required: ['b'] }],
};
const dependent: JsonSchema = {
  type: 'object',
  properties: { a: {}, b: {}, c: {} },
  dependentRequired: { a: ['b'] },
  dependentSchemas: { c: { properties: { b: { const: 1 } } } },
};
const joined = {
  allOf: [{ $ref: '#/$defs/base' }, { properties: { b: { type: 'integer' } } }],
  unevaluatedProperties: false,
  $defs: { base: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] } },
};
const patterns: JsonSchema = {
  type: 'object',
  patternProperties: { '^a': true },
  additionalProperties: false,
  allOf: [{ properties: { b: true }, additionalProperties: { type: 'null' } }],
};

describe('followed exactly', () => {
  it.each<[JsonSchema, unknown, boolean]>([
    [kinds, { kind: 'a', x: 1 }, true],
    [kinds, { x: null, kind: 'c' }, true],
    [kinds, { kind: 'b', x: 1 }, false],
    [either, { a: 1, c: 2 }, true],
    [either, { c: 2, b: 1 }, true],
    [either, { a: 1, b: 1 }, false],
    [either, { c: 1 }, false],
    [{ oneOf: [{ type: 'string' }, { type: 'null' }] }, null, true],
    [{ oneOf: [{ type: 'string' }, { const: 'auto' }] }, 'auto', false],
    [{ oneOf: [{ type: 'string' }, { const: 'auto' }] }, 'other', true],
    [{ oneOf: [{ enum: [1, 2] }, { enum: [2, 3] }] }, 2, false],
    [{ oneOf: [{ enum: [1, 2] }, { enum: [2, 3] }] }, 3, true],
    [{ oneOf: [{ enum: [{ a: 1, b: 2 }, 1] }, { const: { b: 2, a: 1 } }] }, { a: 1, b: 2 }, false],
    [{ oneOf: [{ required: ['a'] }, { type: 'object', required: ['b'] }] }, 'text', true],
    [
      {
        oneOf: [
          { properties: { a: {} }, required: ['a'] },
          { properties: { b: {} }, required: ['b'] },
        ],
      },
      { a: 1 },
      true,
    ],
    [dependent, { a: 1, b: 2 }, true],
    [dependent, { b: 2, a: 1 }, true],
    [dependent, { a: 1 }, false],
    [dependent, { b: 2 }, true],
    [dependent, { c: 0, b: 2 }, false],
    [dependent, { b: 1, c: 0 }, true],
    [{ dependencies: { a: ['b'], c: { required: ['d'] } }, type: 'object' }, { z: 1 }, true],
    [{ dependencies: { a: ['b'], c: { required: ['d'] } }, type: 'object' }, { c: 1 }, false],
    [joined, { b: 1, a: 1 }, true],
    [joined, { a: 1, c: 1 }, false],
    [{ ...joined, unevaluatedProperties: { type: 'null' } }, { a: 1, c: null }, true],
    [{ prefixItems: [{ const: 1 }], unevaluatedItems: false, type: 'array' }, [1, 1], false],
    [patterns, { ab: null }, true],
    [patterns, { ab: 1 }, false],
    [patterns, { b: 1 }, false],
    [{ type: 'string', nullable: true }, null, true],
    [{ type: 'string', nullable: true, enum: [null] }, null, true],
    [{ type: 'string', nullable: false }, null, false],
    [{ properties: { a: { not: {} } }, type: 'object' }, {}, true],
    [{ properties: { a: { not: {} } }, type: 'object' }, { a: 1 }, false],
    [{ not: { type: ['object', 'null'] } }, null, false],
    [{ not: { type: ['object', 'null'] } }, [], true],
    [{ enum: [{ a: 1 }, { a: 'x' }], properties: { a: { type: 'string' } } }, { a: 1 }, false],
    [{ enum: [{ a: 1 }, { a: 'x' }], properties: { a: { type: 'string' } } }, { a: 'x' }, true],
    [{ except: ['a'], isConditional: true }, 'a', true],
  ])('%j, value %j: %s', (schema, value, isRight) => {
    const isExact = typeof schema === 'boolean' || !('except' in schema);
    expect(allows(schema, value, isExact)).toBe(isRight);
  });

  it('is refused for what `if` speaks of and unevaluatedProperties does not know', () => {
    const condition = { if: { properties: { a: { const: 'x' } } }, then: { required: ['b'] } };
    const schema = { type: 'object', allOf: [condition], unevaluatedProperties: false };
    expect(() => compile(schema)).toThrow(/found unevaluatedProperties with if/);
    expect(() => compile(schema, false)).not.toThrow();
  });

  it('branches of oneOf that may hold together are choices elsewhere', () => {
    const schema = { oneOf: [{ type: 'string' }, { minLength: 2 }] };
    expect(allows(schema, 'abc', false)).toBe(true);
    expect(allows(schema, 'a', false)).toBe(true);
  });

  it('of thousands of constants costs little', () => {
    const oneOf = Array.from({ length: 5000 }, (_, place) => ({ const: `value ${place}`, title: 'x' }));
    expect(allows({ oneOf: [...oneOf, { type: 'integer' }] }, 'value 4999')).toBe(true);
  });
});

it('of hundreds of large branches, those that a property tells apart cost little', () => {
  const branch = (place: number) => ({
    type: 'object',
    properties: {
      kind: { const: `k${place}` },
      ...Object.fromEntries(Array.from({ length: 40 }, (_, one) => [`p${one}`, { type: 'string' }])),
    },
    required: ['kind'],
  });
  const schema = { oneOf: Array.from({ length: 400 }, (_, place) => branch(place)) };
  expect(allows(schema, { p1: 'x', kind: 'k399' })).toBe(true);
});
