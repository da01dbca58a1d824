import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsOfAjv from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GrammarError, JsonMatcher, SchemaCompiler, type CompiledSchema, type JsonSchema } from '../src';
import { walk } from './walk';

/** A validator that is not ours. */
const ajv = new Ajv2020({ strict: false, logger: false, inlineRefs: false });
formatsOfAjv(ajv);

const RUNS = 250;

/** Some of the words of a record, each with a chance of its own. */
function words(all: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(
    Object.fromEntries(
      Object.entries(all).map(([word, values]) => [word, fc.option(values, { nil: undefined, freq: 2 })]),
    ),
  );
}

/** As JSON has it: without what is undefined. */
function plain(schema: unknown): JsonSchema {
  return JSON.parse(JSON.stringify(schema)) as JsonSchema;
}

const count = fc.nat(3);
const name = fc.constantFrom('a', 'b', 'c', 'kind');
const scalar = fc.constantFrom<unknown>('a', 'b', 'ab', 1, 2, 2.5, true, null);
const constants = fc.oneof(
  scalar.map((one) => ({ const: one })),
  fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }).map((all) => ({ enum: all })),
);
const texts = words({
  minLength: count,
  maxLength: count,
  pattern: fc.constantFrom('^[a-c]+$', 'b', '^a'),
  not: fc.constantFrom({ const: 'a' }, { enum: ['b', ''] }),
  nullable: fc.boolean(),
}).map((all) => ({ type: 'string', ...all }));
const numbers = words({
  type: fc.constantFrom('integer', 'number', ['integer', 'null']),
  minimum: fc.integer({ min: -2, max: 2 }),
  exclusiveMaximum: fc.integer({ min: 0, max: 9 }),
  multipleOf: fc.constantFrom(1, 0.5, 2),
}).map(({ type = 'number', ...all }) => ({ type, ...all }));
const formats = fc.constantFrom('date', 'ipv4', 'uuid').map((format) => ({ type: 'string', format }));

/** Schemas in all words that are followed. @param isTold - whether objects say themselves what others they may have. */
function schemasOf(isTold: boolean): fc.Arbitrary<JsonSchema> {
  return fc
    .letrec<{ schema: unknown; object: unknown; array: unknown; choice: unknown }>((tie) => {
      const schema = tie('schema');
      const some = fc.array(schema, { minLength: 1, maxLength: 3 });
      const further = fc.oneof({ weight: 2, arbitrary: fc.boolean() }, { weight: 1, arbitrary: schema });
      const names = fc.uniqueArray(name, { maxLength: 2 });
      const kinds = fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 2, maxLength: 3 });
      return {
        object: words({
          properties: fc.dictionary(name, schema, { maxKeys: 3 }),
          required: names,
          patternProperties: fc.dictionary(fc.constantFrom('^a', 'c$'), schema, { minKeys: 1, maxKeys: 1 }),
          propertyNames: fc.constantFrom<JsonSchema>(
            { pattern: '^[a-k]' },
            { maxLength: 2 },
            { not: { const: 'b' } },
          ),
          minProperties: count,
          maxProperties: count,
          dependentRequired: fc.dictionary(name, names, { minKeys: 1, maxKeys: 2 }),
          dependentSchemas: fc.dictionary(name, schema, { minKeys: 1, maxKeys: 1 }),
          additionalProperties: further,
        }).chain((all) => {
          const isOpen = all['additionalProperties'] === undefined;
          return fc.record({
            type: fc.constant('object'),
            ...Object.fromEntries(Object.entries(all).map(([word, value]) => [word, fc.constant(value)])),
            ...(isTold && isOpen ? { additionalProperties: further } : {}),
          });
        }),
        array: words({
          items: further,
          prefixItems: some,
          minItems: count,
          maxItems: count,
        }).map((all) => ({ type: 'array', ...all })),
        choice: fc.oneof(
          fc.record({ anyOf: some }),
          fc.record({ oneOf: some }),
          fc.record({
            type: fc.constant('array'),
            uniqueItems: fc.constant(true),
            items: fc.oneof(texts, constants),
          }),
          fc.record({ allOf: some }),
          fc.record({ allOf: some, unevaluatedProperties: further, unevaluatedItems: further }),
          fc.record({
            type: fc.constant('object'),
            properties: fc.dictionary(name, schema, { minKeys: 1, maxKeys: 3 }),
            additionalProperties: isTold ? further : fc.constant(undefined),
            oneOf: fc.array(fc.record({ required: names }), { minLength: 1, maxLength: 3 }),
          }),
          kinds.chain((all) =>
            fc.record({
              oneOf: fc.tuple(
                ...all.map((kind) =>
                  fc.record({
                    type: fc.constant('object'),
                    properties: schema.map((one) => ({ kind: { const: kind }, a: one })),
                    required: fc.constant(['kind']),
                    additionalProperties: isTold ? further : fc.constant(undefined),
                  }),
                ),
              ),
            }),
          ),
          fc.record({
            type: fc.constant('object'),
            properties: schema.map((one) => ({ a: one, kind: { enum: ['x', 'y'] } })),
            additionalProperties: isTold ? further : fc.constant(undefined),
            if: fc.constant({ properties: { kind: { const: 'x' } }, required: ['kind'] }),
            then: fc.record({ required: names }),
            else: schema,
          }),
          fc.constantFrom<JsonSchema>({ not: { type: 'object' } }, { not: { type: ['string', 'number'] } }),
          fc.constantFrom<JsonSchema>({ $ref: '#/$defs/d' }, { $ref: '#/$defs/d', maxLength: 1, maximum: 1 }),
        ),
        schema: fc.oneof(
          { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
          fc.constantFrom<JsonSchema>(true, false, {}, { type: 'null' }, { type: ['boolean', 'string'] }),
          constants,
          texts,
          numbers,
          formats,
          tie('object'),
          tie('array'),
          tie('choice'),
          tie('choice'),
        ),
      };
    })
    .schema.chain((root) =>
      fc
        .constantFrom(
          { type: 'string' },
          { type: ['integer', 'null'] },
          { type: 'array', items: { $ref: '#' } },
        )
        .map((d) =>
          plain(typeof root === 'object' ? { ...root, $defs: { d } } : { allOf: [root], $defs: { d } }),
        ),
    );
}

/** A schema that is followed exactly; `undefined` where it is refused. */
function compiled(schema: JsonSchema): CompiledSchema | undefined {
  try {
    return new SchemaCompiler().compile(schema, { isExact: true });
  } catch (error) {
    expect(error, JSON.stringify(schema)).toBeInstanceOf(GrammarError);
    return undefined;
  }
}

/** What is valid, whatever was drawn. @param told - how many of the schemas have to be followed, at least. */
function expectOf(
  schemas: fc.Arbitrary<JsonSchema>,
  numRuns: number,
  check: (schema: CompiledSchema, validate: ValidateFunction, seed: number) => void,
): void {
  let followed = 0;
  fc.assert(
    fc.property(schemas, fc.integer(), (schema, seed) => {
      const known = compiled(schema);
      if (known === undefined) return;
      followed++;
      const validate = ajv.compile(schema);
      check(known, validate, seed);
    }),
    { numRuns },
  );
  expect(followed).toBeGreaterThan(numRuns / 3);
}

function isValid(validate: ValidateFunction, text: string): boolean {
  return validate(JSON.parse(text));
}

describe.each([true, false])(
  'schemas in all words that are followed, further properties told: %s',
  (isTold) => {
    it('lead to values that are valid, wherever they were cut', () => {
      expectOf(schemasOf(isTold), RUNS, (schema, validate, seed) => {
        for (const text of walk(schema, seed, 60)) {
          expect(isValid(validate, text), `${text} by ${JSON.stringify(schema)}`).toBe(true);
        }
        const [longest = ''] = walk(schema, seed, 60).slice(-1);
        const matcher = new JsonMatcher(schema);
        let text = '';
        for (const letter of longest) {
          expect(matcher.accept(letter)).toBe(true);
          text += letter;
          const whole = text + (matcher.closing() ?? '\u0000');
          expect(isValid(validate, whole), `${whole} by ${JSON.stringify(schema)}`).toBe(true);
        }
      });
    });
  },
);

/** Values as schemas of these tests ask for them. */
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    scalar,
    fc.constantFrom<unknown>('', 'abc', 'c', 0, -1, 3, 4.5, false, 'x', '2024-02-29', '10.0.0.1'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'kind', 'ac'),
      fc.oneof(tie('value'), fc.constantFrom('x', 'y')),
      {
        maxKeys: 3,
      },
    ),
  ),
})).value;

it('values that are valid may be written, in any order of properties', () => {
  const many = fc.sample(values, { numRuns: 200, seed: 11 });
  let tried = 0;
  expectOf(schemasOf(true), RUNS, (schema, validate) => {
    for (const value of many) {
      if (!validate(value)) continue;
      tried++;
      const matcher = new JsonMatcher(schema);
      const isWritten = matcher.accept(JSON.stringify(value)) && matcher.isComplete;
      expect(isWritten, `${JSON.stringify(value)} by ${JSON.stringify(schema)}`).toBe(true);
    }
  });
  expect(tried).toBeGreaterThan(2 * RUNS);
});
