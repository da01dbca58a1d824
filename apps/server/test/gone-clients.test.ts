import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry } from '../src/http/log';
import { serveDemo, type DemoServer } from './demo-engine';

let server: DemoServer;
const log: LogEntry[] = [];
beforeAll(async () => {
  // One slot, and so few tokens in a step that a long prompt is read in hundreds of steps.
  server = await serveDemo(
    { slots: 1, contextLength: 4096, batchSize: 8 },
    { log: (entry) => log.push(entry) },
  );
});
afterAll(() => server.close());
afterEach(async () => {
  await expect.poll(inUse).toEqual({ running: 0, waiting: 0 });
  log.length = 0;
});

async function inUse() {
  const { slots, waiting } = await server.engine.status();
  return { running: slots.length, waiting };
}

const endless = { prompt: 'Once', max_tokens: 4000, logit_bias: { 2: -100 } };
const long = { prompt: 'A long story. '.repeat(700), max_tokens: 1 };

function ask(body: object, path = '/v1/completions') {
  const controller = new AbortController();
  const answer = fetch(`${server.url}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: controller.signal,
  });
  answer.catch(() => undefined);
  return { answer, leave: () => controller.abort() };
}

/** The one line of the log. */
async function entry(): Promise<LogEntry> {
  await expect.poll(() => log.length).toBe(1);
  const [only] = log;
  if (only === undefined) throw new Error('there is no line');
  return only;
}

const aborted = {
  level: 'info',
  event: 'aborted',
  status: 499,
  method: 'POST',
  path: '/v1/completions',
  client: '127.0.0.1',
  code: 'client_closed_request',
  requestId: expect.stringMatching(/^req_[0-9a-f]{24}$/) as string,
};

describe('a client that goes away frees its slot, and the log says so', () => {
  it('while the prompt is read', async () => {
    const { leave } = ask(long);
    await expect
      .poll(async () => (await server.engine.status()).slots[0]?.readTokens ?? 0)
      .toBeGreaterThan(8);
    leave();
    expect(await entry()).toEqual({ ...aborted, milliseconds: expect.any(Number) as number });
    await expect.poll(inUse).toEqual({ running: 0, waiting: 0 });
    // What was read is not all of it.
    expect((await server.engine.status()).readTokens).toBeLessThan(2000);
  });

  it('while it waits', async () => {
    const first = ask({ ...endless, stream: true });
    await first.answer;
    const second = ask(endless);
    await expect.poll(inUse).toEqual({ running: 1, waiting: 1 });
    second.leave();
    expect(await entry()).toMatchObject(aborted);
    expect(await inUse()).toEqual({ running: 1, waiting: 0 });
    first.leave();
  });

  it('while its answer is written', async () => {
    const { leave } = ask(endless);
    await expect
      .poll(async () => (await server.engine.status()).slots[0]?.writtenTokens ?? 0)
      .toBeGreaterThan(2);
    leave();
    expect(await entry()).toMatchObject(aborted);
  });

  it.each([
    ['/v1/completions', { ...endless, stream: true }],
    [
      '/v1/chat/completions',
      { messages: [{ role: 'user', content: 'Hi' }], logit_bias: { 2: -100 }, stream: true },
    ],
    ['/api/generate', { model: 'm', raw: true, prompt: 'Once', options: { num_predict: 3000, seed: 1 } }],
  ])('while its answer is streamed: %s', async (path, body) => {
    const { answer, leave } = ask(body, path);
    const response = await answer;
    await response.body?.getReader().read();
    expect(log).toEqual([]);
    leave();
    const told = await entry();
    expect(told).toMatchObject({ ...aborted, path });
    expect(told.requestId).toBe(response.headers.get('x-request-id'));
  });

  it('while its vectors are made', async () => {
    const { leave } = ask({ input: long.prompt }, '/v1/embeddings');
    await expect.poll(async () => (await inUse()).running).toBe(1);
    leave();
    expect(await entry()).toMatchObject({ ...aborted, path: '/v1/embeddings' });
  });

  it.each(['content-length: 1000', 'transfer-encoding: chunked'])(
    'while it sends its body: %s',
    async (header) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      const start = header.startsWith('content') ? '{"prompt": "' : 'c\r\n{"prompt": "\r\n';
      const head = `host: localhost\r\nexpect: 100-continue\r\n${header}\r\n\r\n`;
      socket.write(`POST /v1/completions HTTP/1.1\r\n${head}${start}`);
      // The server has the head, and says so.
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      expect(bytes.toString()).toMatch(/^HTTP\/1.1 100 /);
      socket.destroy();
      expect(await entry()).toMatchObject(aborted);
    },
  );
});

describe('an answer that is whole', () => {
  it.each([true, false])('has one line, when it is over: streamed %s', async (stream) => {
    const response = await ask({ prompt: 'Once', max_tokens: 3, stream }).answer;
    await response.text();
    expect(await entry()).toMatchObject({ event: 'request', status: 200 });
  });
});

describe('a stream that breaks off', () => {
  it('tells its client, and the log, why', async () => {
    // No token begins with half a surrogate pair, which is found when the first is chosen.
    const response = await ask({ prompt: 'Once', n: 1, stream: true, guided_regex: '\\ud800' }).answer;
    const text = await response.text();
    expect(text).toMatch(/data: \{"error":.*data: \[DONE\]\n\n$/s);
    expect(await entry()).toMatchObject({ event: 'request', status: 400, code: 'invalid_request' });
  });
});
