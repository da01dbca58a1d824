/** A JSON schema, as it comes out of JSON. */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>;

/** What a schema allows, as far as it is bound letter by letter. */
export type SchemaNode =
  | { readonly kind: 'any' }
  | { readonly kind: 'string'; readonly least: number; readonly most: number }
  | { readonly kind: 'number'; readonly isWhole: boolean }
  /** One of these texts of JSON. */
  | { readonly kind: 'literals'; readonly texts: readonly string[] }
  | { readonly kind: 'array'; readonly items: JsonSchema; readonly least: number; readonly most: number }
  | {
      readonly kind: 'object';
      readonly properties: ReadonlyMap<string, JsonSchema>;
      readonly required: ReadonlySet<string>;
      /** What other properties may be; `undefined`: there may be none. */
      readonly others: JsonSchema | undefined;
    }
  | { readonly kind: 'choice'; readonly options: readonly JsonSchema[] };

/** Steps from reference to reference. Threat: references in a circle. Largest: two or three. */
const MAX_REFERENCES = 32;

/** Schemas of one `allOf`. Threat: work without end. Largest: a few. */
const MAX_ALL = 64;

const ANY: SchemaNode = { kind: 'any' };

/** Understands the parts of a schema when they are needed, so that one that refers to itself is no matter. */
export class SchemaReader {
  readonly #nodes = new Map<JsonSchema, SchemaNode>();

  constructor(private readonly root: JsonSchema) {}

  /** What a part of the schema allows. What is not understood allows more than it should, never less. */
  node(schema: JsonSchema): SchemaNode {
    const known = this.#nodes.get(schema);
    if (known !== undefined) return known;
    const node = this.#read(this.#resolve(schema));
    this.#nodes.set(schema, node);
    return node;
  }

  #resolve(schema: JsonSchema): JsonSchema {
    let found = schema;
    for (let step = 0; step < MAX_REFERENCES; step++) {
      if (typeof found === 'boolean' || typeof found['$ref'] !== 'string') return found;
      found = this.#target(found['$ref']);
    }
    return true;
  }

  #target(reference: string): JsonSchema {
    if (reference !== '#' && !reference.startsWith('#/')) return true;
    let found: unknown = this.root;
    for (const part of reference.split('/').slice(1)) {
      const key = decodePointer(part);
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return true;
      found = (found as Record<string, unknown>)[key];
    }
    return asSchema(found);
  }

  /** Each once: choices of choices that are the same grow without end otherwise. */
  #options(schema: JsonSchema, options: readonly unknown[]): readonly JsonSchema[] {
    const resolved = options.map((option) => merged(schema, this.#resolve(asSchema(option))));
    return [...new Map(resolved.map((option) => [JSON.stringify(option), option])).values()];
  }

  #read(schema: JsonSchema): SchemaNode {
    if (typeof schema === 'boolean') return ANY;
    const { const: constant, enum: values, type, allOf } = schema;
    if (constant !== undefined) return { kind: 'literals', texts: [JSON.stringify(constant)] };
    if (Array.isArray(values) && values.length > 0) {
      return { kind: 'literals', texts: unique(values) };
    }
    const options = schema['anyOf'] ?? schema['oneOf'];
    if (Array.isArray(options) && options.length > 0) {
      return { kind: 'choice', options: this.#options(schema, options) };
    }
    if (Array.isArray(allOf) && allOf.length > 0 && allOf.length <= MAX_ALL) {
      const parts = allOf.map((part) => this.#resolve(asSchema(part)));
      return this.#read(parts.reduce<JsonSchema>((sum, part) => merged(part, sum), without(schema, 'allOf')));
    }
    if (Array.isArray(type)) {
      return { kind: 'choice', options: type.map((one: unknown) => ({ ...schema, type: one })) };
    }
    return readType(schema, type);
  }
}

function readType(schema: Exclude<JsonSchema, boolean>, type: unknown): SchemaNode {
  switch (type) {
    case 'string':
      return { kind: 'string', ...limits(schema['minLength'], schema['maxLength']) };
    case 'number':
    case 'integer':
      return { kind: 'number', isWhole: type === 'integer' };
    case 'boolean':
      return { kind: 'literals', texts: ['true', 'false'] };
    case 'null':
      return { kind: 'literals', texts: ['null'] };
    case 'array': {
      return {
        kind: 'array',
        items: asSchema(schema['items']),
        ...limits(schema['minItems'], schema['maxItems']),
      };
    }
    case 'object':
      return readObject(schema);
    default:
      return 'properties' in schema ? readObject(schema) : ANY;
  }
}

function readObject({
  properties,
  required: wanted,
  additionalProperties: others,
}: Exclude<JsonSchema, boolean>): SchemaNode {
  const entries = typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
  const names = Array.isArray(wanted) ? wanted.filter((name) => typeof name === 'string') : [];
  // Where the schema names properties and says nothing of others, a model that makes up some is wrong.
  const isOpen = others === undefined ? entries.length === 0 : others !== false;
  const known = new Map(entries.map(([name, value]) => [name, asSchema(value)]));
  const required = new Set(names.filter((name) => isOpen || known.has(name)));
  // Those that have to be there come first: who closes a text takes the first that leads to its end.
  const isFirst = ([name]: readonly [string, JsonSchema]): boolean => required.has(name);
  const ordered = [...[...known].filter(isFirst), ...[...known].filter((one) => !isFirst(one))];
  return {
    kind: 'object',
    properties: new Map(ordered),
    required,
    others: isOpen ? asSchema(others) : undefined,
  };
}

function limits(least: unknown, most: unknown): { readonly least: number; readonly most: number } {
  return {
    least: typeof least === 'number' && least > 0 ? least : 0,
    most: typeof most === 'number' && most >= 0 ? most : Infinity,
  };
}

/** Words that say nothing of a value where they stand: definitions are looked for at the root. */
const NOT_FOLLOWED = [
  '$defs',
  'definitions',
  '$schema',
  '$id',
  'title',
  'description',
  'examples',
  'default',
];

/** A schema with what surrounds it. */
function merged(outer: JsonSchema, inner: JsonSchema): JsonSchema {
  if (typeof outer === 'boolean') return inner;
  if (typeof inner === 'boolean') return outer;
  const rest = without(outer, 'anyOf', 'oneOf', ...NOT_FOLLOWED);
  const properties = { ...asObject(rest['properties']), ...asObject(inner['properties']) };
  const required = [...asList(rest['required']), ...asList(inner['required'])];
  return {
    ...rest,
    ...without(inner, ...NOT_FOLLOWED),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
  };
}

/** The texts of JSON of some values, each once. */
function unique(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.map((value) => JSON.stringify(value)))];
}

function without(schema: Readonly<Record<string, unknown>>, ...keywords: readonly string[]) {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));
}

function asSchema(value: unknown): JsonSchema {
  if (typeof value === 'boolean') return value;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : true;
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** RFC 6901. */
function decodePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
