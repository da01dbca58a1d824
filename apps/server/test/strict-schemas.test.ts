import { GrammarError, SchemaCompiler, type JsonSchema } from '@halftone/grammar';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { compileTools } from '../src/engine/constraints/tool-schemas';

function compile(parameters: object): void {
  compileTools(new SchemaCompiler(), [
    { type: 'function', function: { name: 'f', parameters: { ...parameters }, strict: true } },
  ]);
}

const tree = z.object({
  value: z.string(),
  get children() {
    return z.array(tree);
  },
});

/** What people write with zod, in all the ways that say something else in a schema. */
const shapes = {
  texts: z.object({
    all: z.string().min(1).max(9).regex(/a/).startsWith('a.b').endsWith('c').includes('x'),
    ...{ email: z.email(), url: z.url(), uuid: z.uuid(), guid: z.guid(), at: z.iso.datetime() },
    ...{ day: z.iso.date(), time: z.iso.time(), ip: z.ipv4(), ip6: z.ipv6(), range: z.cidrv4() },
    ...{ base64: z.base64(), base64url: z.base64url(), jwt: z.jwt(), nano: z.nanoid(), ulid: z.ulid() },
    ...{ phone: z.e164(), small: z.string().lowercase() },
    made: z.templateLiteral(['a', z.number()]),
  }),
  numbers: z.object({
    ...{ whole: z.int(), small: z.int32(), single: z.float32(), positive: z.number().positive() },
    step: z.number().min(1).max(3).multipleOf(0.5),
    below: z.int().nonnegative().lt(9),
  }),
  values: z.object({
    ...{ any: z.any(), unknown: z.unknown(), none: z.null(), flag: z.boolean(), never: z.never().optional() },
    ...{ maybe: z.string().optional(), orNull: z.string().nullable(), usual: z.number().default(3) },
    ...{
      one: z.enum(['a', 'b']),
      literal: z.literal(['a', 1, null]),
      either: z.union([z.string(), z.number()]),
    },
    exactlyOne: z.xor([z.string(), z.number()]),
    told: z
      .string()
      .describe('d')
      .meta({ title: 't', examples: ['x'], deprecated: true, id: 'Told' }),
    json: z.json(),
    file: z.file(),
  }),
  lists: z.object({
    list: z.array(z.string()).min(1).max(3).readonly(),
    pair: z.tuple([z.string(), z.number()]),
    rest: z.tuple([z.string()], z.number()),
  }),
  objects: z.object({
    kind: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), x: z.string() }),
      z.object({ kind: z.literal(['b', 'c']), y: z.number().optional() }),
    ]),
    record: z.record(z.string(), z.number()),
    named: z.record(z.enum(['a', 'b']), z.number()),
    some: z.partialRecord(z.enum(['a', 'b']), z.number()),
    both: z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })),
    further: z.object({ a: z.string() }).catchall(z.number()),
    strict: z.strictObject({ a: z.string() }),
    loose: z.looseObject({ a: z.string() }),
  }),
  tree,
};

it.each(Object.keys(shapes) as (keyof typeof shapes)[])('strict tools take what zod makes of %s', (name) => {
  for (const target of ['draft-2020-12', 'draft-7', 'draft-4', 'openapi-3.0'] as const) {
    for (const io of ['input', 'output'] as const) {
      compile(z.toJSONSchema(shapes[name], { target, io }));
    }
  }
});

/** Shaped as these programs write them: pydantic 2.11, zod-to-json-schema 3.25 (draft 7, 2019-09 and OpenAPI) and the SDK of MCP 1.32. */
const written: Readonly<Record<string, JsonSchema & object>> = {
  'pydantic, with definitions, unions and dates': {
    $defs: {
      Cat: {
        properties: {
          pet_type: { const: 'cat', title: 'Pet Type', type: 'string' },
          lives: { default: 9, exclusiveMinimum: 0, maximum: 9, title: 'Lives', type: 'integer' },
        },
        required: ['pet_type'],
        title: 'Cat',
        type: 'object',
      },
      Dog: {
        additionalProperties: false,
        description: 'A dog.',
        properties: {
          pet_type: { enum: ['dog', 'puppy'], title: 'Pet Type', type: 'string' },
          born: {
            anyOf: [{ format: 'date', type: 'string' }, { type: 'null' }],
            default: null,
            title: 'Born',
          },
        },
        required: ['pet_type'],
        title: 'Dog',
        type: 'object',
      },
    },
    properties: {
      pet: {
        discriminator: {
          mapping: { cat: '#/$defs/Cat', dog: '#/$defs/Dog', puppy: '#/$defs/Dog' },
          propertyName: 'pet_type',
        },
        oneOf: [{ $ref: '#/$defs/Cat' }, { $ref: '#/$defs/Dog' }],
        title: 'Pet',
      },
      counts: {
        additionalProperties: { type: 'integer' },
        propertyNames: { pattern: '^[a-z]+$' },
        title: 'Counts',
        type: 'object',
      },
      pair: {
        maxItems: 2,
        minItems: 2,
        prefixItems: [{ type: 'integer' }, { type: 'string' }],
        title: 'Pair',
        type: 'array',
      },
      data: {
        contentMediaType: 'application/json',
        contentSchema: { type: 'integer' },
        title: 'Data',
        type: 'string',
      },
      secret: { format: 'password', title: 'Secret', type: 'string', writeOnly: true },
      anything: { title: 'Anything' },
    },
    required: ['pet', 'counts'],
    title: 'Model',
    type: 'object',
  },
  'zod-to-json-schema, with intersections of 2019-09': {
    type: 'object',
    properties: {
      both: {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'string' } }, required: ['b'] },
        ],
        unevaluatedProperties: false,
      },
      map: {
        type: 'array',
        maxItems: 125,
        items: { type: 'array', items: [{ type: 'string' }, { type: 'number' }], minItems: 2, maxItems: 2 },
      },
      set: { type: 'array', uniqueItems: true, items: { type: 'string' } },
      never: { not: {} },
      between: { type: 'integer', exclusiveMinimum: true, minimum: 3, exclusiveMaximum: true, maximum: 9 },
      again: { $ref: '#/properties/both/allOf/0/properties/a' },
      text: { type: 'string', allOf: [{ pattern: 'a' }, { pattern: 'b' }], markdownDescription: 'm' },
    },
    required: ['both'],
    additionalProperties: false,
    $schema: 'https://json-schema.org/draft/2019-09/schema#',
  },
  'zod-to-json-schema, for OpenAPI': {
    type: 'object',
    properties: {
      none: { enum: ['null'], nullable: true },
      text: { type: 'string', nullable: true },
      either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
      record: { type: 'object', additionalProperties: { type: 'number' } },
    },
    required: ['text'],
    additionalProperties: false,
  },
  'the SDK of MCP, of a tool without arguments': {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {},
  },
};

it.each(Object.entries(written))('strict tools take what %s wrote', (_, schema) => {
  compile(schema);
});

it('strict tools refuse what is misspelt, with the tool and the place', () => {
  const schema = { properties: { city: { type: 'string', maxlength: 5 } } };
  expect(() => {
    compile(schema);
  }).toThrow(GrammarError);
  expect(() => {
    compile(schema);
  }).toThrow(
    'the parameters of the tool f: #/properties/city: the schema has a word that is not known (found "maxlength"',
  );
});
