/** A JSON schema, as far as this page shows it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What can be asked at a path by a method. */
interface PathOperation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** An OpenAPI document, as far as this page shows it. */
export interface OpenApiDocument {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, PathOperation>>>>;
}

/** A field of a body. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** The fields of the objects that it may be or hold. */
  readonly fields: readonly Field[];
}

/** One thing that can be asked for. */
export interface Operation {
  /** Its place in the page. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly fields: readonly Field[];
  readonly answers: readonly { readonly status: string; readonly about: string }[];
  /** A command line that asks for it. */
  readonly example: string;
}

/** Operations of one API. */
export interface OperationGroup {
  readonly name: string;
  readonly operations: readonly Operation[];
}

/** Everything that can be asked for, by API, in the order of the document. */
export function operationGroups({ paths }: OpenApiDocument, origin: string): readonly OperationGroup[] {
  const groups = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const name = operation.tags?.[0] ?? 'Other';
      const group = groups.get(name) ?? [];
      groups.set(name, group);
      group.push(operationOf(method.toUpperCase(), path, operation, origin));
    }
  }
  return [...groups].map(([name, operations]) => ({ name, operations }));
}

function operationOf(method: string, path: string, operation: PathOperation, origin: string): Operation {
  const schema = operation.requestBody?.content['application/json'].schema;
  const fields = schema === undefined ? [] : fieldsOf(schema);
  return {
    id: `${method}${path}`.toLowerCase().replace(/\W+/g, '-'),
    method,
    path,
    summary: operation.summary ?? '',
    fields,
    answers: Object.entries(operation.responses).map(([status, { description }]) => ({
      status,
      about: description,
    })),
    example: exampleOf(`${origin}${path}`, schema),
  };
}

/** Levels of fields that are shown: schemas may recurse. */
const MAX_DEPTH = 6;

/** The fields of the objects that a schema allows, required ones first. Alternatives add to each other. */
function fieldsOf(schema: Schema, depth = 0): readonly Field[] {
  if (depth > MAX_DEPTH) return [];
  const found = new Map<string, Field>();
  for (const part of objectsIn(schema)) {
    for (const [name, of] of Object.entries(part.properties ?? {})) {
      const isRequired = part.required?.includes(name) === true;
      const before = found.get(name);
      const types = new Set([...(before?.type.split(' | ') ?? []), ...typeOf(of).split(' | ')]);
      const fields = [...(before?.fields ?? []), ...fieldsOf(of, depth + 1)];
      const unique = fields.filter(
        (field, place) => fields.findIndex((other) => other.name === field.name) === place,
      );
      found.set(name, {
        name,
        type: [...types].join(' | '),
        isRequired: isRequired && (before?.isRequired ?? true),
        fields: unique,
      });
    }
  }
  return [...found.values()].sort((one, other) => Number(other.isRequired) - Number(one.isRequired));
}

function objectsIn(schema: Schema): readonly Schema[] {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.flatMap(objectsIn);
  if (schema.items !== undefined) return objectsIn(schema.items);
  return schema.properties === undefined ? [] : [schema];
}

/** What a value may be, in a few words. Null is left out: it always means that nothing is said. */
export function typeOf(schema: Schema): string {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) {
    const types = alternatives.map(typeOf).filter((type) => type !== '');
    return [...new Set(types)].join(' | ');
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.type === 'array') {
    const item = schema.items === undefined ? 'any' : typeOf(schema.items);
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  }
  const types = [schema.type ?? 'any'].flat().filter((type) => type !== 'null');
  return `${types.join(' | ')}${rangeOf(schema)}`;
}

/** Bounds that say something: those of safe integers do not. */
function rangeOf({ minimum, maximum }: Schema): string {
  const tells = (bound: number | undefined): bound is number =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  if (tells(minimum) && tells(maximum)) return ` ${minimum} to ${maximum}`;
  if (tells(minimum)) return ` ≥ ${minimum}`;
  return tells(maximum) ? ` ≤ ${maximum}` : '';
}

/** A command line with the fields that a body must have. */
function exampleOf(url: string, schema: Schema | undefined): string {
  if (schema === undefined) return `curl ${url}`;
  const body = JSON.stringify(exampleValue(schema));
  return `curl ${url} \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`;
}

const exampleTexts: Readonly<Record<string, string>> = { role: 'user', content: 'Hello!', model: 'any' };

function exampleValue(schema: Schema, name = ''): unknown {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) {
    const isUser = (one: Schema): boolean => one.properties?.['role']?.const === 'user';
    const [first] = alternatives;
    const chosen = alternatives.find(isUser) ?? first;
    return chosen === undefined ? null : exampleValue(chosen, name);
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum.includes('user') ? 'user' : schema.enum[0];
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((field) => [
          field,
          exampleValue(schema.properties?.[field] ?? {}, field),
        ]),
      );
    case 'array':
      return [exampleValue(schema.items ?? {}, name)];
    case 'integer':
    case 'number':
      return name === 'max_tokens' ? 64 : 1;
    case 'boolean':
      return true;
    default:
      return exampleTexts[name] ?? 'Hello!';
  }
}
