import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FairQueue } from '../src/engine/fair-queue';
import { Scheduler } from '../src/engine/scheduler';
import { serveDemo, type DemoServer } from './demo-engine';
import { fakeSession, TestTask } from './fake-session';

/** A scheduler of one slot, in which a task of `busy` runs, and in whose queue `limit` tasks may wait. */
async function busyScheduler(limit: number) {
  const scheduler = new Scheduler(fakeSession(), { slots: 1, contextLength: 64, maxWaiting: limit });
  const [running] = scheduler.add('busy', 1, () => [new TestTask('busy', [1], { runs: true })] as const);
  await expect.poll(() => running.taken).toBeGreaterThan(0);
  return { scheduler, running };
}

describe('what asks for many texts', () => {
  it('is refused before any of them is made, and leaves none behind', async () => {
    const { scheduler, running } = await busyScheduler(4);
    let made = 0;
    const make = (count: number) => () =>
      Array.from({ length: count }, () => {
        made++;
        return new TestTask('busy', [1]);
      });
    const add = (count: number) => scheduler.add('busy', count, make(count));
    add(3);
    expect(() => add(2)).toThrow(/found 2 more, allowed 1 more now/);
    expect([made, scheduler.status().waiting]).toEqual([3, 3]);
    // Nor does it wait for ever for what there is never room for.
    expect(() => add(6)).toThrow(expect.objectContaining({ code: 'bad-request' }));
    expect([made, scheduler.status().waiting]).toEqual([3, 3]);
    add(1);
    expect(scheduler.status().waiting).toBe(4);
    running.finish();
    await scheduler.close();
  });

  it('is taken in whole or not at all', async () => {
    const { scheduler, running } = await busyScheduler(4);
    const long = Array.from({ length: 64 }, () => 1);
    const make = () => [new TestTask('busy', [1]), new TestTask('busy', long)];
    expect(() => scheduler.add('busy', 2, make)).toThrow(expect.objectContaining({ code: 'too-long' }));
    expect(scheduler.status().waiting).toBe(0);
    running.finish();
    await scheduler.close();
  });

  it('leaves room for others, though it has filled the queue', async () => {
    const { scheduler, running } = await busyScheduler(4);
    const add = (client: string, count: number) => () =>
      scheduler.add(client, count, () => Array.from({ length: count }, () => new TestTask(client, [1])));
    add('busy', 4)();
    expect(add('busy', 1)).toThrow(/wait already/);
    add('other', 2)();
    expect(add('other', 1)).toThrow(/wait already/);
    add('third', 1)();
    add('fourth', 1)();
    // Twice as many as are meant to wait, and not one more.
    expect(add('fifth', 1)).toThrow(/wait already/);
    expect(scheduler.status().waiting).toBe(8);
    running.finish();
    await scheduler.close();
  });
});

describe('a queue that is full', () => {
  it('has no place where none may wait', () => {
    const queue = new FairQueue<number>();
    const room = { limit: 1, spare: 0 };
    expect(queue.placesFor('a', room)).toBe(1);
    queue.add('a', 1);
    queue.add('b', 1);
    expect(queue.placesFor('b', room)).toBe(0);
  });
});

let server: DemoServer;
beforeAll(async () => {
  server = await serveDemo({ slots: 2, contextLength: 2048, maxWaiting: 6 });
});
afterAll(() => server.close());

async function ask(path: string, body: object) {
  const response = await fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  const told = (await response.json()) as { error?: { message: string; param: string | null } };
  return { status: response.status, retryAfter: response.headers.get('retry-after'), error: told.error };
}

describe('a request for several texts', () => {
  const messages = [{ role: 'user', content: 'Hi' }];
  const long = { max_tokens: 900, logit_bias: { 2: -100 } };

  it('is refused by the number of its prompts and choices together', async () => {
    const prompt = Array.from({ length: 12 }, () => 'Hi');
    const told = await ask('/v1/completions', { prompt, n: 11 });
    expect(told).toMatchObject({ status: 400, error: { param: 'n' } });
    expect(told.error?.message).toMatch(/^n: found 11, allowed at most 10 .*128/);
    expect((await ask('/v1/chat/completions', { messages, n: 129 })).status).toBe(400);
  });

  it('that may never be taken in is told so', async () => {
    const told = await ask('/v1/chat/completions', { messages, n: 9 });
    expect(told).toMatchObject({ status: 400, retryAfter: null });
    expect(told.error?.message).toMatch(/9.*8/s);
  });

  it('is counted whole where the queue is nearly full', async () => {
    const controller = new AbortController();
    const running = fetch(`${server.url}/v1/completions`, {
      method: 'POST',
      body: JSON.stringify({ prompt: 'Once', n: 6, stream: true, ...long }),
      signal: controller.signal,
    });
    await expect.poll(async () => (await server.engine.status()).waiting).toBe(4);
    const told = await ask('/v1/chat/completions', { messages, n: 3 });
    expect(told.status).toBe(429);
    expect(told.retryAfter).toMatch(/^\d+$/);
    expect((await server.engine.status()).waiting).toBe(4);
    controller.abort();
    await running.catch(() => undefined);
    await expect.poll(async () => (await server.engine.status()).slots.length).toBe(0);
  });
});

describe('when one of several texts fails', () => {
  it('the others end at once', async () => {
    const controller = new AbortController();
    // The second has a form that no text can begin with, which is found when its first token is chosen.
    const common = { sampling: { temperature: 0 }, client: 'one' };
    const requests = [
      { ...common, prompt: { kind: 'text', text: 'Once' } as const, maxTokens: 900 },
      {
        ...common,
        prompt: { kind: 'text', text: 'Once' } as const,
        form: { kind: 'pattern', text: '\ud800' } as const,
      },
    ];
    const events: string[] = [];
    const texts = async () => {
      for await (const { event } of server.engine.generate(requests, controller.signal))
        events.push(event.kind);
    };
    await expect(texts()).rejects.toThrow(/no token that may come next/);
    expect(events).not.toContain('end');
    await expect.poll(async () => (await server.engine.status()).slots.length).toBe(0);
    expect((await server.engine.status()).writtenTokens).toBeLessThan(900);
  });
});
