import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scheduler } from '../src/engine/scheduler';
import { serveDemo, type DemoServer } from './demo-engine';
import { fakeSession, TestTask, type FakeStep } from './fake-session';

/** A scheduler of two slots: client `a` has a conversation in each, and a task of `b` works in the first, whose step lasts until `go`. */
async function workingScheduler({ runs = false } = {}) {
  const happened: string[] = [];
  let go: (() => void) | undefined;
  let isHeld = false;
  const session = fakeSession(async () => {
    if (!isHeld) return;
    happened.push('step begins');
    await new Promise<void>((resolve) => (go = resolve));
    happened.push('step ends');
  });
  const scheduler = new Scheduler(session, { slots: 2, contextLength: 64, maxWaiting: 4 });
  const before = scheduler.add(
    'a',
    2,
    () => [new TestTask('a', [1, 2, 3]), new TestTask('a', [4, 5])] as const,
  );
  await Promise.all(before.map(({ ended }) => ended));
  await expect.poll(() => scheduler.status().keptConversations).toBe(2);
  isHeld = true;
  const [running] = scheduler.add('b', 1, () => [new TestTask('b', [9], { runs })] as const);
  await expect.poll(() => happened).toEqual(['step begins']);
  const release = (): void => {
    isHeld = false;
    go?.();
  };
  return { scheduler, happened, running, go: release };
}

describe('a slot that is saved, restored or erased', () => {
  const saved = {
    tokens: Int32Array.of(7),
    answers: [],
    sequence: { positions: Int32Array.of(0), bytes: new Uint8Array(1) },
  };

  it.each(['save', 'restore', 'erase'] as const)('waits until no step is under way: %s', async (action) => {
    const { scheduler, happened, running, go } = await workingScheduler();
    const work = {
      save: () => scheduler.save(1, 'a', () => []),
      restore: () => scheduler.restore(1, saved, 'a'),
      erase: () => scheduler.erase(1, 'a'),
    };
    const done = work[action]().then(() => happened.push(action));
    // Whatever could be done now has its turn.
    await setImmediate();
    go();
    await done;
    expect(happened).toEqual(['step begins', 'step ends', action]);
    await running.ended;
    await scheduler.close();
  });

  it('is refused while it is worked on, and is done to afterwards', async () => {
    const { scheduler, running, go } = await workingScheduler({ runs: true });
    go();
    await expect(scheduler.erase(0, 'a')).rejects.toMatchObject({ code: 'busy' });
    running.finish();
    await expect.poll(() => scheduler.status().slots.length).toBe(0);
    expect(await scheduler.erase(0, 'a')).toBe(3);
    expect(await scheduler.erase(0, 'a')).toBe(0);
    await expect(scheduler.erase(2, 'a')).rejects.toMatchObject({ code: 'bad-request' });
    await scheduler.close();
    await expect(scheduler.erase(1, 'a')).rejects.toMatchObject({ code: 'closed' });
  });

  it("is the client's own: what another one did there is not touched", async () => {
    const { scheduler, running, go } = await workingScheduler();
    go();
    await running.ended;
    await expect.poll(() => scheduler.status().keptConversations).toBe(3);
    // The slot worked for `b` last, and each has its own there.
    expect((await scheduler.save(0, 'a', () => [])).tokens).toEqual(Int32Array.of(1, 2, 3));
    expect((await scheduler.save(0, 'b', () => [])).tokens).toEqual(Int32Array.of(9));
    await expect(scheduler.save(1, 'b', () => [])).rejects.toMatchObject({ code: 'bad-request' });
    expect(await scheduler.erase(1, 'b')).toBe(0);
    expect((await scheduler.save(1, 'a', () => [])).tokens).toEqual(Int32Array.of(4, 5));
    await scheduler.close();
  });
});

describe('a slot that worked on several conversations of a client', () => {
  it('has the last alone: without it, none', async () => {
    const scheduler = new Scheduler(fakeSession(), { slots: 2, contextLength: 64, maxWaiting: 4 });
    for (const tokens of [
      [1, 2],
      [3, 4, 5],
    ]) {
      const [task] = scheduler.add('a', 1, () => [new TestTask('a', tokens)] as const);
      await task.ended;
    }
    await expect.poll(() => scheduler.status().keptConversations).toBe(2);
    for (const tokens of [[6], [7, 8]]) {
      const sequence = { positions: Int32Array.from(tokens.keys()), bytes: new Uint8Array(1) };
      await scheduler.restore(1, { tokens: Int32Array.from(tokens), answers: [], sequence }, 'a');
    }
    expect(await scheduler.erase(0, 'a')).toBe(3);
    expect(await scheduler.erase(1, 'a')).toBe(2);
    for (const slot of [0, 1]) {
      await expect(scheduler.save(slot, 'a', () => [])).rejects.toMatchObject({ code: 'bad-request' });
      expect(await scheduler.erase(slot, 'a')).toBe(0);
    }
    // The others are still there for prompts that begin like them.
    expect(scheduler.status().keptConversations).toBe(2);
    const [again] = scheduler.add('a', 1, () => [new TestTask('a', [1, 2, 9])] as const);
    await again.ended;
    expect(scheduler.status().cachedTokens).toBe(2);
    await expect.poll(() => scheduler.status().slots.length).toBe(0);
    expect((await scheduler.save(0, 'a', () => [])).tokens).toEqual(Int32Array.of(1, 2, 9));
    await scheduler.close();
  });
});

describe('what a slot worked on last', () => {
  const scheduler = (step?: FakeStep) =>
    new Scheduler(fakeSession(step), { slots: 1, contextLength: 64, maxWaiting: 4 });
  const done = async (of: Scheduler, tokens: readonly number[], options: TestTask['options'] = {}) => {
    const [task] = of.add('a', 1, () => [new TestTask('a', tokens, options)] as const);
    await task.ended;
    await expect.poll(() => of.status().slots.length).toBe(0);
  };
  const saved = async (of: Scheduler) => [...(await of.save(0, 'a', () => [])).tokens];

  it('is what made no use of the cache too, though an older conversation begins like it', async () => {
    const one = scheduler();
    await done(one, [1, 2, 3, 4]);
    await done(one, [1, 2, 3], { useCache: false });
    expect(await saved(one)).toEqual([1, 2, 3]);
    await one.close();
  });

  it('is no text that was embedded: the conversation before it is still the last', async () => {
    const one = scheduler();
    await done(one, [1, 2]);
    await done(one, [3, 4]);
    await done(one, [5, 6], { kind: 'states', useCache: false, staysInCache: false });
    expect(await saved(one)).toEqual([3, 4]);
    expect(await one.erase(0, 'a')).toBe(2);
    await expect(saved(one)).rejects.toMatchObject({ code: 'bad-request' });
    await one.close();
  });

  it('is nothing that failed before any of it was read', async () => {
    let fails = false;
    const one = scheduler(async () => {
      if (fails) throw new Error('the step fails');
    });
    await done(one, [1, 2]);
    fails = true;
    await done(one, [7, 8]);
    expect(await saved(one)).toEqual([1, 2]);
    await one.close();
  });
});

let folder: string;
let server: DemoServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'halftone-slots-'));
  server = await serveDemo(
    { slots: 2, contextLength: 1024, slotSavePath: folder, sampling: { temperature: 0 } },
    { apiKeys: ['first', 'second'] },
  );
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function post(key: string, where: string, body: object) {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${server.url}${where}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, retryAfter, body: (await response.json()) as Record<string, unknown> };
}

const complete = (key: string, prompt: string, max_tokens = 2) =>
  post(key, '/v1/completions', { prompt, max_tokens, logit_bias: { 2: -100 } });
const slot = (key: string, action: string, filename = 'talk.bin') =>
  post(key, `/slots/0?action=${action}`, { filename });

describe('slots of a server with several keys', () => {
  // Windows has no pipes in folders.
  it.skipIf(process.platform === 'win32')('are restored from files alone', async () => {
    expect((await complete('first', 'Water')).status).toBe(200);
    expect((await slot('first', 'save')).status).toBe(200);
    const [own = ''] = await readdir(folder);
    await mkdir(path.join(folder, own, 'folder.bin'));
    execFileSync('mkfifo', [path.join(folder, own, 'pipe.bin')]);
    for (const name of ['folder.bin', 'pipe.bin']) {
      const { status, body } = await slot('first', 'restore', name);
      expect(status, name).toBe(400);
      expect(JSON.stringify(body), name).toContain('there is no such saved conversation');
    }
    const { status, body } = await slot('first', 'save', 'folder.bin');
    expect(status).toBe(400);
    expect(body['error']).toMatchObject({
      param: 'filename',
      message: expect.stringContaining('a folder of that name') as string,
    });
    await rm(path.join(folder, own), { recursive: true });
  });

  it('save the last conversation, with or without the cache, and no text that was embedded', async () => {
    const ask = (path: string, body: object) => post('first', path, body);
    const count = async (content: string) =>
      ((await ask('/tokenize', { content, add_special: true })).body['tokens'] as number[]).length;
    const text = 'The sea is deep and cold in the north';
    expect((await complete('first', text, 1)).status).toBe(200);
    const next = { prompt: 'The sea is warm', max_tokens: 1, cache_prompt: false };
    expect((await ask('/v1/completions', next)).status).toBe(200);
    expect((await ask('/v1/embeddings', { input: 'Water is wet and it runs down the hill.' })).status).toBe(
      200,
    );
    const { body } = await slot('first', 'save');
    expect(body['n_saved']).toBe(await count(next.prompt));
    await rm(folder, { recursive: true });
  });

  it('give each key its own conversations, in the cache and on disk', async () => {
    expect((await complete('first', 'The harbour opens at six, and the password is swordfish')).status).toBe(
      200,
    );
    const saved = await slot('first', 'save');
    expect(saved.status).toBe(200);
    for (const action of ['save', 'restore']) expect((await slot('second', action)).status, action).toBe(400);
    expect((await slot('second', 'erase')).body).toMatchObject({ n_erased: 0 });

    // Saved by the same name, one is not written over the other.
    expect((await complete('second', 'Water')).status).toBe(200);
    const other = await slot('second', 'save');
    expect(other.body['n_saved']).toBeLessThan(Number(saved.body['n_saved']));
    expect((await slot('second', 'restore')).body).toMatchObject({ n_restored: other.body['n_saved'] });
    expect((await slot('first', 'restore')).body).toMatchObject({ n_restored: saved.body['n_saved'] });

    const own = await readdir(folder);
    expect(own).toHaveLength(2);
    for (const name of own) {
      expect(name).toMatch(/^@[0-9a-f]{32}$/);
      expect(await readdir(path.join(folder, name))).toEqual(['talk.bin']);
    }
    expect((await slot('first', 'erase')).body['n_erased']).toBe(saved.body['n_saved']);
  });

  it('are saved and restored while others write to the end of their context, and nothing fails', async () => {
    expect((await complete('first', 'Once upon a time there was a river', 200)).status).toBe(200);
    expect((await slot('first', 'save', 'long.bin')).status).toBe(200);
    const over = new AbortController();
    const statuses = new Map<number, number>();
    const moves = (async () => {
      while (!over.signal.aborted) {
        for (const action of ['restore', 'save', 'erase']) {
          for (const id of [0, 1]) {
            const { status, retryAfter } = await post('first', `/slots/${id}?action=${action}`, {
              filename: 'long.bin',
            });
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
            if (status === 409) expect(retryAfter).toMatch(/^\d+$/);
          }
        }
      }
    })();
    const prompts = Array.from({ length: 4 }, (_, place) => `${place} ${'word '.repeat(place)}`);
    const answers = await Promise.all(prompts.map((prompt) => complete('second', prompt, 1000)));
    over.abort();
    await moves;
    expect(answers.map(({ status }) => status)).toEqual(prompts.map(() => 200));
    // 400: there was nothing to be saved in that slot.
    expect([...statuses.keys()].filter((status) => ![200, 400, 409].includes(status))).toEqual([]);
    expect(statuses.get(200) ?? 0).toBeGreaterThan(0);
  });
});
