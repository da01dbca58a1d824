import type { z } from 'zod';
import { clientGone, HttpError } from './errors';
import { jsonFaultAt, jsonSize } from './json-text';
import { issueMessage, schemaError } from './schema-error';

/** Levels of a body. Threat: the stack, wherever a value is walked. Largest: schemas of tools, about 20. */
const MAX_DEPTH = 128;

/** Values in a body. Threat: the time that checking takes, in which nobody else is answered. Largest: a prompt of 2^18 tokens. */
const MAX_VALUES = 2 ** 19;

/**
 * Read the JSON body of a request.
 *
 * @throws HttpError 415 for a body that is compressed; 400 for what is no JSON, nested too deep, has too many values, or is not as the schema says.
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  // Names of codings have no case (RFC 9110, 8.4.1).
  if (encoding.toLowerCase() !== 'identity') {
    throw new HttpError(415, `bodies in ${JSON.stringify(encoding)} are not read: send it as it is`, {
      code: 'unsupported_content_encoding',
    });
  }
  const text = await request.text().catch((): never => {
    // It broke off.
    throw clientGone();
  });
  const parsed = schema.safeParse(parseJson(text), { error: issueMessage });
  if (!parsed.success) throw schemaError(parsed.error);
  return parsed.data;
}

function parseJson(text: string): unknown {
  const { depth, values } = jsonSize(text);
  if (depth > MAX_DEPTH) throw badJson(`the body is nested deeper than ${MAX_DEPTH} levels`);
  if (values > MAX_VALUES) throw badJson(`the body has more than ${MAX_VALUES} values`);
  try {
    return JSON.parse(text);
  } catch {
    const place = jsonFaultAt(text);
    const told = place < text.length ? `character ${place} cannot stand there` : 'it ends too early';
    throw badJson(`the body is no JSON: ${told}`, place);
  }
}

function badJson(message: string, offset?: number): HttpError {
  return new HttpError(400, message, { code: 'invalid_json', ...(offset === undefined ? {} : { offset }) });
}
