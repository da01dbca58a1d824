import { describe, expect, it } from 'vitest';
import type { Engine, ServedModel } from '../src/engine/engine';
import { EngineError } from '../src/engine/error';
import { createApp } from '../src/http/app';
import { isValid, placesOf, triedValues, type Place, type PlaceSchema } from './schema-places';

const model: Partial<ServedModel> = {
  name: 'demo',
  slots: 2,
  vocabulary: 100,
  endTokens: [2],
  embeddingLength: 4,
  pooling: 'mean',
};

/** What a door has no fault with comes as far as the engine, and no further; or there is nothing to be done. */
const PASSED_ON: ReadonlySet<number> = new Set([503, 200]);
const engine = new Proxy({} as Engine, {
  get: (_, name) => {
    if (name === 'model') return model;
    return () => {
      throw new EngineError('closed', 'passed on');
    };
  },
});
const app = createApp(engine);

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: PlaceSchema }>> };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const { paths } = (await (await app.request('/openapi.json')).json()) as Document;
const doors = Object.entries(paths).flatMap(([path, { post }]) => {
  const schema = post?.requestBody?.content['application/json']?.schema;
  return schema === undefined ? [] : [{ path, schema }];
});

async function ask(path: string, body: unknown) {
  const target = path.replace('{id}', '0?action=save');
  const response = await app.request(target, { method: 'POST', body: JSON.stringify(body) });
  const { error } = (await response.json()) as { error?: string | { readonly message: string } };
  return { status: response.status, message: typeof error === 'string' ? error : (error?.message ?? '') };
}

/** What a refusal has to say: the field, what was found there, and what is allowed. */
const TOLD = /^(the body|[\w.]+): found (nothing|\S[^]*), allowed \S/;
/** What zod would say. */
const ZODS_WORDS = /Invalid |expected |received |Unrecognized|Too (big|small)|No matching|undefined/;

/** What is wrong about the answer to a body with a value in a place; nothing, if all is well. */
async function faultOf(door: (typeof doors)[number], { path, around }: Place, value: unknown) {
  const body = around(value);
  const { status, message } = await ask(door.path, body);
  const told = `${path.join('.')} = ${JSON.stringify(value).slice(0, 60)}: ${status} ${message}`;
  if (PASSED_ON.has(status)) return isValid(door.schema, body) ? undefined : `is passed on: ${told}`;
  if (status !== 400 || !TOLD.test(message) || ZODS_WORDS.test(message)) return `says too little: ${told}`;
  const [field = ''] = message.split(':');
  const named = field === 'the body' ? [] : field.split('.');
  // Of a value that has several forms the part is told that is wrong, or else the whole.
  const isThere = path.every((part, index) => named[index] === undefined || named[index] === part);
  return isThere && (named.length > 0 || path.length === 0) ? undefined : `is said of another field: ${told}`;
}

describe('a body that is refused', () => {
  it.each(doors)('at $path is told the field, what was found and what is allowed', async (door) => {
    const places = placesOf(door.schema);
    let refused = 0;
    for (const place of places) {
      for (const value of triedValues(place.schema)) {
        expect(await faultOf(door, place, value)).toBeUndefined();
        if (!isValid(door.schema, place.around(value))) refused++;
      }
    }
    expect(refused).toBeGreaterThan(places.length);
  });

  const chat = { messages: [{ role: 'user', content: 'Hi' }] };
  const choice = '"none", "auto", "required" or {"type": "function", "function": {"name": …}}';
  it.each<readonly [path: string, body: object, message: string]>([
    [
      '/v1/chat/completions',
      { ...chat, tool_choice: 'maybe' },
      `tool_choice: found "maybe", allowed ${choice}`,
    ],
    [
      '/v1/chat/completions',
      { ...chat, tool_choice: { type: 'function', function: {} } },
      'tool_choice.function.name: found nothing, allowed a string',
    ],
    ['/v1/chat/completions', { ...chat, n: 300 }, 'n: found 300, allowed a whole number of 1 to 128'],
    [
      '/v1/chat/completions',
      { ...chat, stop: { at: 'end' } },
      'stop: found {"at":"end"}, allowed a string of at most 1024 characters or a list of strings of at most 1024 characters (at most 64)',
    ],
    [
      '/v1/chat/completions',
      { ...chat, stop: 'x'.repeat(1025) },
      `stop: found "${'x'.repeat(79)}… (1025 characters), allowed a string of at most 1024 characters`,
    ],
    [
      '/v1/chat/completions',
      { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
      'messages.0.content.0.type: found "image_url", allowed "text" or "refusal" (only text is read)',
    ],
    [
      '/v1/completions',
      { prompt: [...Array.from({ length: 200 }, () => 1), 'x'] },
      'prompt.200: found "x", allowed a whole number of 0 or more',
    ],
    [
      '/v1/completions',
      { prompt: 'Hi', logit_bias: { five: 1 } },
      'logit_bias: found "five", allowed a string that matches ^\\d+$ (the number of a token)',
    ],
    [
      '/v1/completions',
      { prompt: ['a', 'b', 'c'], n: 50 },
      'n: found 50, allowed at most 42 (for each of 3 prompts: one request may ask for 128 texts)',
    ],
    [
      '/api/embed',
      { model: 'm', input: 5 },
      'input: found 5, allowed a string or a list of strings (at most 2048)',
    ],
    ['/slots/x?action=save', {}, 'id: found "x", allowed 0 to 1'],
    ['/slots/0?action=sell', {}, 'action: found "sell", allowed "save", "restore" or "erase"'],
    ['/slots/0', {}, 'action: found nothing, allowed "save", "restore" or "erase"'],
    ['/slots/0?action=save', {}, 'filename: found nothing, allowed a string'],
  ])('%s %j: %s', async (path, body, message) => {
    expect(await ask(path, body)).toEqual({ status: 400, message });
  });

  it('of numbers that are too large for one is told as such', async () => {
    const body = '{"messages": [{"role": "user", "content": "Hi"}], "temperature": 1e999}';
    const response = await app.request('/v1/chat/completions', { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain('temperature: found Infinity, allowed a number');
  });
});
