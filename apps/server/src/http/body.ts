import type { z } from 'zod';
import { HttpError, schemaError } from './errors';

/** Levels of a body. Threat: the stack, wherever a value is walked. Largest: schemas of tools, about 20. */
const MAX_DEPTH = 128;

/** Read the JSON body of a request. @throws HttpError 400 for what is no JSON, nested too deep, or not as the schema says. */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(parseJson(await request.text()));
  if (!parsed.success) throw schemaError(parsed.error);
  return parsed.data;
}

function parseJson(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) {
    throw new HttpError(400, `the body is nested deeper than ${MAX_DEPTH} levels`, { code: 'invalid_json' });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const told = cause instanceof Error ? cause.message : String(cause);
    throw new HttpError(400, `the body is no JSON: ${told}`, { code: 'invalid_json', cause });
  }
}

/** How deep brackets outside of quotes are nested, at most. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth);
    else if (token === '}' || token === ']') depth--;
  }
  return deepest;
}
