import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { serveDemo } from './demo-engine';

const long = { prompt: 'Once', max_tokens: 800, logit_bias: { 2: -100 } };

/** A connection, with what came on it and whether it was ended. */
async function connected(url: string) {
  const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
  const seen = { text: '', isEnded: false };
  socket.on('data', (bytes: Buffer) => (seen.text += bytes.toString()));
  socket.on('close', () => (seen.isEnded = true));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, seen };
}

it('a server that closes finishes what runs, refuses what waits, and leaves nobody connected', async () => {
  const server = await serveDemo({ slots: 1, contextLength: 1024 });
  const ask = (body: object) =>
    fetch(`${server.url}/v1/completions`, { method: 'POST', body: JSON.stringify(body) });

  const idle = await connected(server.url);
  idle.socket.write('GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await expect.poll(() => idle.seen.text).toMatch(/"status":"ok"/);
  expect(idle.seen.isEnded).toBe(false);

  const running = await ask({ ...long, stream: true });
  const waiting = [
    ask(long),
    ask({ ...long, stream: true }),
    ask({ prompt: ['Two', 'texts'], max_tokens: 2 }),
  ];
  await expect.poll(async () => (await server.engine.status()).waiting).toBe(4);
  const half = await connected(server.url);
  half.socket.write(
    'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{"prompt"',
  );
  // One that asks again on a connection that was open before.
  const late = await connected(server.url);
  late.socket.write(
    'POST /tokenize HTTP/1.1\r\nhost: localhost\r\ncontent-length: 18\r\n\r\n{"content": "Hel',
  );

  const closed = server.close();
  for (const answer of waiting) {
    const { status, headers } = await answer;
    expect([status, headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
  }
  await expect.poll(() => idle.seen.isEnded).toBe(true);
  late.socket.write('"}');
  await expect.poll(() => late.seen.text).toMatch(/^HTTP\/1.1 (200|503) .*connection: close/is);
  await expect(ask(long)).rejects.toThrow();
  expect(await running.text()).toMatch(/"finish_reason":"length".*\[DONE\]\n\n$/s);
  // The one that never sends the rest of its request is waited for some seconds, and no longer.
  await closed;
  await expect.poll(() => half.seen.isEnded).toBe(true);
});
