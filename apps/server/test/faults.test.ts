import fc from 'fast-check';
import { Hono } from 'hono';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoorApp, DoorVariables } from '../src/http/context';
import { streamResponse } from '../src/http/event-stream';
import { listenAt } from '../src/serve';
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

/** A connection to the server, without HTTP. */
async function connected(url = server.url): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

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
    const { readTokens: before } = await server.engine.status();
    const left = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const controller = new AbortController();
        const asked = fetch(`${server.url}/v1/completions`, {
          method: 'POST',
          body,
          signal: controller.signal,
        });
        setTimeout(() => controller.abort(), 20 * index);
        return asked.then(
          (response) =>
            response.text().then(
              () => 'answered',
              () => 'left in the middle',
            ),
          () => 'left before',
        );
      }),
    );
    // Some of them were worked on, and none was there to the end.
    expect(left).not.toContain('answered');
    expect((await server.engine.status()).readTokens).toBeGreaterThan(before);
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
    const socket = await connected();
    socket.write(
      'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{"prompt": "',
    );
    const body = JSON.stringify({ prompt: 'Once', max_tokens: 2 });
    expect((await fetch(`${server.url}/v1/completions`, { method: 'POST', body })).status).toBe(200);
    socket.destroy();
  });

  it('a body of 100 MB without a length is refused when it is too long, and the connection ends', async () => {
    const socket = await connected();
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write('POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
    const before = process.memoryUsage().rss;
    let sent = 0;
    for (; sent < 100e6 && !socket.destroyed; sent += chunk.length) {
      if (!socket.write(chunk)) {
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), ended]);
        socket.removeAllListeners('drain');
      }
    }
    await ended;
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(sent).toBeLessThan(60e6);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  it('a client that does not read is waited for, and holds nobody up', async () => {
    // What the stream is made of is counted where it is pulled: as much as the buffers between the two ends hold, and no more.
    let pulled = 0;
    async function* endless() {
      for (;;) {
        pulled += 1;
        yield await Promise.resolve('x'.repeat(0x10000));
      }
    }
    const app: DoorApp = new Hono<DoorVariables>();
    let gone = 0;
    app.use(async (context, next) => {
      context.set('gone', context.req.raw.signal);
      await next();
    });
    app.get('/', (context) =>
      streamResponse(context, endless(), {
        type: 'text/event-stream',
        abort: () => (gone += 1),
        failed: ({ message }) => message,
      }),
    );
    app.get('/other', (context) => context.text('here'));
    const listening = await listenAt(app, { port: 0 });
    const socket = await connected(listening.url);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await expect.poll(() => pulled).toBeGreaterThan(1);
    let last = -1;
    await expect
      .poll(
        () => {
          const isStill = pulled === last;
          last = pulled;
          return isStill;
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(true);
    expect(pulled * 0x10000).toBeLessThan(32e6);
    expect(await (await fetch(`${listening.url}/other`)).text()).toBe('here');
    socket.destroy();
    await expect.poll(() => gone).toBe(1);
    await listening.close();
  });
});
