import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonFaultAt, jsonSize } from '../src/http/json-text';
import { listOf, messageList } from '../src/http/lists';
import type { LogEntry } from '../src/http/log';
import { chatOf } from '../src/http/responses/conversation';
import { serveDemo, type DemoServer } from './demo-engine';

let server: DemoServer;
const log: LogEntry[] = [];
beforeAll(async () => {
  server = await serveDemo({ slots: 1, contextLength: 512 }, { log: (entry) => log.push(entry) });
});
afterAll(() => server.close());

async function post(path: string, body: string) {
  const response = await fetch(`${server.url}${path}`, { method: 'POST', body });
  const { error } = (await response.json()) as { error?: { message: string; code: string } | string };
  const message = typeof error === 'string' ? error : (error?.message ?? '');
  return { status: response.status, message, code: typeof error === 'string' ? undefined : error?.code };
}

/** Counted by walking the value. */
function sizeOf(value: unknown): { readonly depth: number; readonly values: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 1 };
  const parts = Object.values(value).map(sizeOf);
  return {
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    values: 1 + parts.reduce((sum, { values }) => sum + values, 0),
  };
}

describe('the size of a JSON text', () => {
  it('is that of its value: as deep, and never fewer values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        const found = jsonSize(JSON.stringify(value, undefined, indent));
        const { depth, values } = sizeOf(value);
        expect(found.depth).toBe(depth);
        expect(found.values).toBeGreaterThanOrEqual(values);
        // An empty list counts as one value in it.
        expect(found.values).toBeLessThanOrEqual(2 * values);
      }),
    );
  });

  it('passes over what stands in quotes, whatever is escaped there', () => {
    expect(jsonSize('"[[[,,,\\"[[\\\\"')).toEqual({ depth: 0, values: 1 });
    expect(jsonSize('["\\\\", [1]]')).toMatchObject({ depth: 2 });
    expect(jsonSize('["never ends, [[[')).toMatchObject({ depth: 1 });
  });
});

describe('where a text stops being JSON', () => {
  it.each([
    ['{"a": x}', 6],
    ['{"a": "b\nc"}', 8],
    ['{"a": "\\x"}', 8],
    ['{"a": "\\u12"}', 8],
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['[1 2]', 3],
    ['[1,', 3],
    ['[tru]', 1],
    ['[01]', 1],
    ['', 0],
    ['{} {}', 3],
    ['"abc', 4],
  ])('%j: at %i', (text, place) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(jsonFaultAt(text)).toBe(place);
  });

  it('is its end where it does not stop', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1), (value, indent) => {
        const text = ` ${JSON.stringify(value, undefined, indent)}\n`;
        expect(jsonFaultAt(text)).toBe(text.length);
      }),
    );
  });

  it('is found in every text that JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.nat(),
        fc.constantFrom('"', '}', ',', 'x', '\\'),
        (value, at, letter) => {
          const text = JSON.stringify([value]);
          const place = at % text.length;
          const broken = text.slice(0, place) + letter + text.slice(place + 1);
          let isJson = true;
          try {
            JSON.parse(broken);
          } catch {
            isJson = false;
          }
          const fault = jsonFaultAt(broken);
          if (isJson) expect(fault).toBe(broken.length);
          else {
            // What stands before the place that was changed was right.
            expect(fault).toBeLessThanOrEqual(broken.length);
            expect(jsonFaultAt(broken.slice(0, fault))).toBe(fault);
          }
        },
      ),
    );
  });
});

describe('a large body', () => {
  const size = 15 * 1024 * 1024;

  it.each([
    ['plain', 'a'.repeat(size)],
    ['of words', 'a b '.repeat(size / 4)],
    ['with escapes', '\\"\\\\'.repeat(size / 4)],
  ])('of one string, %s, is told that it does not fit', async (_, text) => {
    const told = await post('/v1/completions', `{"prompt": "${text}", "max_tokens": 1}`);
    expect(told).toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('of one message is told that it does not fit', async () => {
    const told = await post(
      '/v1/chat/completions',
      `{"messages": [{"role": "user", "content": "${'a'.repeat(size)}"}]}`,
    );
    expect(told).toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('is answered where it fits', async () => {
    const body = `{"prompt": "Hi", "max_tokens": 1, "user": "${'a'.repeat(size)}"}`;
    expect((await post('/v1/completions', body)).status).toBe(200);
  });

  it('that breaks off in its string is no JSON', async () => {
    const told = await post('/v1/completions', `{"prompt": "${'a'.repeat(size)}`);
    expect(told).toMatchObject({ status: 400, code: 'invalid_json', message: /ends too early/ });
  });

  it('of many values is refused by their number', async () => {
    const told = await post('/v1/completions', `{"prompt": [${'1,'.repeat(600_000)}1]}`);
    expect(told.status).toBe(400);
    expect(told.message).toMatch(/524288 values/);
  });
});

describe('a conversation of more messages than any has', () => {
  const message = '{"role": "user", "content": "Hi"}';
  const many = Array.from({ length: 20_000 }, () => message).join();
  const calls = Array.from(
    { length: 20_000 },
    (_, place) => `{"type": "function_call", "call_id": "${place}", "name": "f", "arguments": "{}"}`,
  ).join();

  it.each([
    ['/v1/chat/completions', `{"messages": [${many}]}`],
    ['/apply-template', `{"messages": [${many}]}`],
    ['/v1/responses', `{"input": [${many}]}`],
    ['/v1/responses', `{"input": [${calls}]}`],
    ['/v1/messages', `{"model": "m", "max_tokens": 1, "messages": [${many}]}`],
    ['/v1/messages/count_tokens', `{"model": "m", "messages": [${many}]}`],
    ['/api/chat', `{"model": "m", "messages": [${many}]}`],
  ])('is refused by the same cap at every door: %s', async (path, body) => {
    const told = await post(path, body);
    expect(told.status).toBe(400);
    expect(told.message).toMatch(/found .*20000 elements.*, allowed .*1 to 4096/);
  });

  it('becomes messages in as many steps as it has items', () => {
    const item = (place: number) =>
      ({ type: 'function_call', call_id: `${place}`, name: 'f', arguments: '{}' }) as const;
    const question = { role: 'user', content: 'Hi' } as const;
    const answer = { role: 'assistant', content: 'I look.' } as const;
    const input = [
      question,
      answer,
      ...Array.from({ length: 50_000 }, (_, place) => item(place)),
      question,
      item(7),
    ];
    let reads = 0;
    const watched = new Proxy(input, {
      get(target, name, receiver) {
        if (typeof name === 'string' && /^\d+$/.test(name)) reads++;
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    const { messages } = chatOf({ input: watched });
    expect(reads).toBe(input.length);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(messages[1]).toMatchObject({ content: 'I look.' });
    expect(messages.map((one) => ('tool_calls' in one ? one.tool_calls?.length : 0))).toEqual([
      0, 50_000, 0, 1,
    ]);
  });
});

describe('what the log says of a body that is refused', () => {
  it('is the place, not the text', async () => {
    const told = await post(
      '/v1/chat/completions',
      '{"messages": [{"role": "user", "content": "swordfish" swordfish}]}',
    );
    expect(told.message).not.toMatch(/swordfish/);
    expect(log.at(-1)).toMatchObject({ status: 400, code: 'invalid_json', offset: 54 });
    await post('/v1/chat/completions', '{"messages": [{"role": "swordfish", "content": "Hi"}]}');
    expect(log.at(-1)).toMatchObject({ status: 400, code: 'invalid_value', field: 'messages.0.role' });
    await post('/v1/completions', '{"prompt": "Hi", "logit_bias": {"swordfish": 1}}');
    expect(log.at(-1)).toMatchObject({ status: 400, code: 'invalid_value', field: 'logit_bias' });
    await post('/v1/completions', '{"prompt": "Hi", "grammar": "root ::= swordfish"}');
    expect(log.at(-1)).toMatchObject({ status: 400, code: 'invalid_request' });
    await post(
      '/v1/messages',
      '{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "swordfish", "name": "f"}]}',
    );
    expect(log.at(-1)).toMatchObject({ status: 400, field: 'tools.0.type' });
    expect(JSON.stringify(log)).not.toMatch(/swordfish/);
  });
});

describe('a value that may have several forms', () => {
  it.each([
    [
      '/v1/responses',
      '{"input": [{"role": "user", "content": "Hi"}, {"role": "wizard", "content": "Hi"}]}',
      /^input\.1\.role: /,
    ],
    [
      '/v1/responses',
      '{"input": [{"type": "function_call", "call_id": "1", "name": "f"}]}',
      /^input\.0\.arguments: /,
    ],
    [
      '/v1/chat/completions',
      '{"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}',
      /^messages\.0\.content\.0\.type: /,
    ],
  ])('is told what is wrong with the one that it comes closest to: %s', async (path, body, message) => {
    const told = await post(path, body);
    expect(told.status).toBe(400);
    expect(told.message).toMatch(message);
  });
});

describe('a list of which elements are wrong', () => {
  const checked = (list: (element: z.ZodType) => z.ZodType, count: number) => {
    let looks = 0;
    const element = z.unknown().refine((one) => {
      looks++;
      return one !== 'wrong';
    }, 'is wrong');
    const wrong = Array.from({ length: count }, (_, place) => (place < 2 ? 'right' : 'wrong'));
    const { error } = list(element).safeParse(wrong);
    return { looks, issues: error?.issues.map(({ path, message }) => ({ path, message })) };
  };

  it('is checked up to the first of them, which alone is told', () => {
    const { looks, issues } = checked(listOf, 100_000);
    expect(issues).toEqual([{ path: [2], message: 'is wrong' }]);
    expect(looks).toBeLessThan(1000);
  });

  it('is counted before any of them is looked at', () => {
    const found = checked(messageList, 4097);
    expect(found).toMatchObject({ looks: 0, issues: [{ path: [] }] });
  });

  it('is described as what it is', async () => {
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: object };
    expect(document.paths).toMatchObject({
      '/v1/messages': {
        post: {
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  properties: {
                    messages: {
                      type: 'array',
                      minItems: 1,
                      maxItems: 4096,
                      items: {
                        oneOf: [
                          { properties: { role: { const: 'user' } } },
                          { properties: { role: { const: 'assistant' } } },
                        ],
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    });
  });
});

describe('what would be told again and again', () => {
  it.each([
    '/v1/chat/completions',
    '/v1/completions',
    '/v1/responses',
    '/v1/messages',
    '/api/chat',
    '/api/generate',
  ])('is no longer than a name: %s', async (path) => {
    const told = await post(path, JSON.stringify({ model: 'm'.repeat(1025) }));
    expect(told).toMatchObject({ status: 400, message: expect.stringMatching(/^model: .*1024/) as string });
  });
});
