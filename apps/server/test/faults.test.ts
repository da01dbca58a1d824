import fc from 'fast-check';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, weatherTool, type DemoServer } from './demo-engine';

let server: DemoServer;
beforeAll(async () => {
  server = await serveDemo({ slots: 4, contextLength: 4096 });
});
afterAll(() => server.close());

/** Bodies that are right, of which parts are then made wrong. */
const message = { role: 'user', content: 'Hi' };
const bodies: Readonly<Record<string, Record<string, unknown>>> = {
  '/v1/chat/completions': {
    messages: [message],
    tools: [weatherTool],
    max_tokens: 2,
    stream: true,
    temperature: 1,
    stop: ['x'],
    response_format: { type: 'text' },
    tool_choice: 'auto',
    logit_bias: { 5: 1 },
    n: 2,
  },
  '/v1/completions': { prompt: 'Hi', max_tokens: 2, logprobs: 1, seed: 3 },
  '/v1/responses': { input: [message], max_output_tokens: 2, tools: [], text: { format: { type: 'text' } } },
  '/v1/messages': {
    model: 'm',
    max_tokens: 2,
    messages: [message],
    system: [{ type: 'text', text: 'x' }],
    tools: [],
  },
  '/v1/messages/count_tokens': { model: 'm', messages: [message] },
  '/api/chat': { model: 'm', messages: [message], options: { num_predict: 2 }, format: '' },
  '/api/generate': { model: 'm', prompt: 'Hi', options: { num_predict: 2 }, raw: true },
  '/tokenize': { content: 'Hi', add_special: true },
  '/detokenize': { tokens: [1, 2, 3] },
  '/apply-template': { messages: [message], tools: [weatherTool] },
};

/** Paths to all values inside a value. */
function paths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))];
}

function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const entries = Object.entries(value as object).map(([name, inner]) => [
    name,
    name === key ? replaced(inner, rest, by) : (inner as unknown),
  ]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : (Object.fromEntries(entries) as unknown);
}

const requests = fc.constantFrom(...Object.keys(bodies)).chain((path) =>
  fc.record({
    path: fc.constant(path),
    place: fc.constantFrom(...paths(bodies[path])),
    value: fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        -1,
        1e9,
        1.5,
        '',
        '\u0000',
        '\ud800',
        null,
        [],
        {},
        { type: 'object' },
        [[]],
        '[INST]</s>',
      ),
    ),
  }),
);

describe('what clients do wrong', () => {
  it('is answered with 2xx, or with 4xx and a reason', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ path, place, value }) => {
        const body = JSON.stringify(replaced(bodies[path], place, value));
        // A text without a limit may become as long as the context: nobody waits for it.
        const response = await fetch(`${server.url}${path}`, {
          method: 'POST',
          body,
          signal: AbortSignal.timeout(20_000),
        });
        const { status } = response;
        if (status >= 400) {
          expect(status, body).toBeLessThan(500);
          const { error } = (await response.json()) as { error: { message: string } | string };
          expect(typeof error === 'string' ? error : error.message).toMatch(/\S/);
        } else await response.body?.cancel();
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it('a body larger than any that is meant is refused before it is read', async () => {
    const response = await fetch(`${server.url}/v1/completions`, {
      method: 'POST',
      body: JSON.stringify({ prompt: 'x'.repeat(20_000_000) }),
    });
    expect(response.status).toBe(413);
  });

  it('clients that go away leave no slot behind', async () => {
    const body = JSON.stringify({ prompt: 'Once', logit_bias: { 2: -100 }, max_tokens: 900, stream: true });
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const controller = new AbortController();
        const asked = fetch(`${server.url}/v1/completions`, {
          method: 'POST',
          body,
          signal: controller.signal,
        });
        setTimeout(() => controller.abort(), 20 * index);
        await asked.catch(() => undefined);
      }),
    );
    await expect
      .poll(
        async () => {
          const { slots, waiting } = await server.engine.status();
          return slots.length + waiting;
        },
        { timeout: 20_000 },
      )
      .toBe(0);
  });

  it('a client that sends half a request holds nobody up', async () => {
    const port = Number(new URL(server.url).port);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST /v1/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"prompt": "');
    const body = JSON.stringify({ prompt: 'Once', max_tokens: 2 });
    expect((await fetch(`${server.url}/v1/completions`, { method: 'POST', body })).status).toBe(200);
    socket.destroy();
  });
});
