import type { z } from 'zod';
import { inputSchema } from './input-schema';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** A form that a value may have: alone, and as the elements of a list. */
interface Form {
  readonly one: string;
  readonly many: string;
}

/** Of each schema that has refused something. */
const known = new WeakMap<z.core.$ZodType, string>();

/** What a schema allows, in words, with what it is described by: `"none", "auto" or {"type": "function", "function": {"name": …}}`. */
export function allowedBy(schema: z.core.$ZodType): string {
  const found = known.get(schema) ?? eitherOf(inputSchema(schema));
  known.set(schema, found);
  return found;
}

function eitherOf(schema: JsonSchema, number: keyof Form = 'one'): string {
  const words = [...new Set(formsOf(schema).map((form) => form[number]))];
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function formsOf(schema: JsonSchema): readonly Form[] {
  const { description } = schema;
  const forms = bareForms(schema);
  if (description === undefined) return forms;
  // It stands behind the last of several, for all of them.
  return forms.map((form, place) => (place < forms.length - 1 ? form : alike(form, ` (${description})`)));
}

function bareForms(schema: JsonSchema): readonly Form[] {
  if (schema.const !== undefined) return [value(schema.const)];
  if (schema.enum !== undefined) return schema.enum.map(value);
  const forms = schema.anyOf ?? schema.oneOf;
  return forms === undefined ? [ofType(schema)] : forms.flatMap((form) => formsOf(form));
}

function ofType(schema: JsonSchema): Form {
  switch (schema.type) {
    case 'string': {
      const { minLength, maxLength, pattern } = schema;
      const length = sizeWords(minLength, maxLength);
      const limits = length === undefined ? '' : ` of ${length} characters`;
      const matches = pattern === undefined ? '' : ` that matches ${pattern}`;
      return alike({ one: 'a string', many: 'strings' }, `${limits}${matches}`);
    }
    case 'integer':
    case 'number': {
      const kind = schema.type === 'integer' ? 'whole number' : 'number';
      const size = sizeWords(schema.minimum, schema.maximum);
      return alike({ one: `a ${kind}`, many: `${kind}s` }, size === undefined ? '' : ` of ${size}`);
    }
    case 'boolean':
      return same('true or false');
    case 'null':
      return same('null');
    case 'array':
      return listForm(schema);
    case 'object':
      return objectForm(schema);
    default:
      return same('anything');
  }
}

function listForm({ items, minItems, maxItems }: JsonSchema): Form {
  if (maxItems === 0) return { one: 'an empty list', many: 'empty lists' };
  const size = sizeWords(minItems, maxItems);
  const elements = `of ${eitherOf(items as JsonSchema, 'many')}${size === undefined ? '' : ` (${size})`}`;
  return alike({ one: 'a list', many: 'lists' }, ` ${elements}`);
}

/** What an object has to have, told as JSON. */
function objectForm({ properties = {}, required = [], additionalProperties }: JsonSchema): Form {
  if (required.length > 0) {
    const members = required.map((name) => `${JSON.stringify(name)}: ${memberWords(properties[name])}`);
    return same(`{${members.join(', ')}}`);
  }
  const others = typeof additionalProperties === 'object' ? additionalProperties.type : undefined;
  const of = others === undefined ? '' : ` of ${eitherOf(additionalProperties as JsonSchema, 'many')}`;
  return alike({ one: 'an object', many: 'objects' }, of);
}

/** A member is told where it tells forms apart, or has members itself. */
function memberWords(schema: JsonSchema['items']): string {
  if (typeof schema !== 'object' || Array.isArray(schema)) return '…';
  const isTold = schema.const !== undefined || schema.enum !== undefined || schema.required !== undefined;
  return isTold ? eitherOf(schema) : '…';
}

/** The largest whole numbers that JSON has in JavaScript are no limits that anyone meets. */
function sizeWords(least = -Infinity, most = Infinity): string | undefined {
  const hasLeast = least > Number.MIN_SAFE_INTEGER;
  const hasMost = most < Number.MAX_SAFE_INTEGER;
  if (hasLeast && hasMost) return `${least} to ${most}`;
  if (hasLeast) return `${least} or more`;
  return hasMost ? `at most ${most}` : undefined;
}

function value(found: unknown): Form {
  return same(JSON.stringify(found));
}

function same(words: string): Form {
  return { one: words, many: words };
}

function alike({ one, many }: Form, end: string): Form {
  return { one: `${one}${end}`, many: `${many}${end}` };
}
