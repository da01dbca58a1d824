import fc from 'fast-check';

/** The part of JSON Schema that the OpenAPI document has. */
export interface ValueSchema {
  readonly type?: string;
  readonly anyOf?: readonly ValueSchema[];
  readonly oneOf?: readonly ValueSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly required?: readonly string[];
  readonly items?: ValueSchema;
  readonly minItems?: number;
}

/** Texts that have been trouble to programs before. */
const texts = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '',
    '\u0000',
    '\ud800',
    '[INST]</s>',
    '[TOOL_CALLS]',
    '<tool_call>',
    '../x',
    '💧'.repeat(9),
  ),
);

const recursive = { type: 'object', properties: { next: { $ref: '#' } } };

/** What a schema of a tool or an answer may be: right, wrong, without an end, or larger than it looks. */
const schemas = fc.constantFrom<unknown>(
  { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  { type: 'object' },
  {},
  recursive,
  { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
  { $ref: '#/nowhere' },
  { $ref: 'https://example.org/schema' },
  { type: 'nonsense' },
  { type: 'string', pattern: '(a*)*b' },
  { type: 'string', pattern: '(' },
  { type: 'string', minLength: 1e9 },
  { type: 'array', items: recursive, minItems: 1e6 },
  { enum: Array.from({ length: 500 }, (_, index) => `word ${index}`) },
  nested(10, (inner) => ({ anyOf: [inner, { type: 'array', items: inner }] })),
  nested(60, (inner) => ({ type: 'object', properties: { a: inner }, required: ['a'] })),
  { type: 'object', properties: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, {}])) },
);

/** Values of fields whose name says more than their schema. */
const byName: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  grammar: fc.constantFrom(
    'root ::= "a"*',
    'root ::= root "a"',
    'root ::= ("a"? "b"?){1,60}',
    'root ::= [^\\x00]*',
    'nonsense',
    'root ::= x',
    '',
  ),
  guided_regex: fc.constantFrom('[a-z]{3}', '(a|b)*c', '(a*)*$', '(?=a)', '(', 'a{1,99999}', '\\p{L}+'),
  filename: fc.constantFrom(
    'a.bin',
    '../a.bin',
    '/etc/passwd',
    'C:\\a',
    '.',
    '',
    'a\u0000b',
    'x'.repeat(300),
  ),
  schema: schemas,
  parameters: schemas,
  input_schema: schemas,
  format: fc.oneof(schemas, fc.constantFrom('', 'json', 'nonsense')),
  // Short answers, so that many can be asked for.
  max_tokens: fc.integer({ min: 0, max: 3 }),
  max_completion_tokens: fc.integer({ min: 0, max: 3 }),
  max_output_tokens: fc.integer({ min: 1, max: 3 }),
  num_predict: fc.integer({ min: 0, max: 3 }),
  n_predict: fc.integer({ min: 0, max: 3 }),
  n: fc.integer({ min: 1, max: 2 }),
};

/** Fields that bodies always have, where they may: without them, answers are long. */
const always: ReadonlySet<string> = new Set([
  'max_tokens',
  'max_output_tokens',
  'options',
  'num_predict',
  'n_predict',
]);

function nested(depth: number, wrap: (inner: object) => object): object {
  let schema: object = { type: 'string' };
  for (let level = 0; level < depth; level++) schema = wrap(schema);
  return schema;
}

/** Values that a schema allows; how much of what is optional is there is thrown too. */
export function valuesOf(schema: ValueSchema, name = ''): fc.Arbitrary<unknown> {
  const named = byName[name];
  if (named !== undefined) return named;
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return fc.oneof(...forms.map((one) => valuesOf(one)));
  switch (schema.type) {
    case 'string':
      return texts;
    case 'integer':
      return fc.integer({ min: -2, max: 400 });
    case 'number':
      return fc.oneof(fc.integer({ min: -1, max: 3 }), fc.double({ min: -2, max: 2, noNaN: true }));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'object':
      return objectsOf(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectsOf({ properties = {}, required = [] }: ValueSchema): fc.Arbitrary<object> {
  const values = Object.entries(properties).map(([name, inner]) => [name, valuesOf(inner, name)] as const);
  const requiredKeys = Object.keys(properties).filter((name) => required.includes(name) || always.has(name));
  const names = Object.keys(properties);
  const maxLength = Math.min(names.length, requiredKeys.length + 4);
  const some = fc.subarray(names, { maxLength });
  return some.chain((chosen) =>
    fc.record(
      Object.fromEntries(values.filter(([name]) => chosen.includes(name) || requiredKeys.includes(name))),
    ),
  );
}
