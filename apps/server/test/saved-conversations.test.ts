import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slotFilePath } from '../src/engine/slot-file';
import { serveDemo, weatherTool, type DemoServer } from './demo-engine';

let root: string;
/** It is made when something is saved. */
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'halftone-slots-'));
  folder = path.join(root, 'conversations');
});
afterAll(() => rm(root, { recursive: true }));

const open = (): Promise<DemoServer> =>
  serveDemo({ slots: 1, contextLength: 1024, slotSavePath: folder, sampling: { temperature: 0 } });

async function post(server: DemoServer, where: string, body: object) {
  const response = await fetch(`${server.url}${where}`, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

interface Chat {
  readonly choices: { readonly message: { readonly tool_calls?: readonly { readonly id: string }[] } }[];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly prompt_tokens_details: { readonly cached_tokens: number };
  };
}

async function chat(server: DemoServer, messages: readonly object[]): Promise<Chat> {
  const { body } = await post(server, '/v1/chat/completions', {
    messages,
    tools: [weatherTool],
    max_tokens: 60,
  });
  return body as unknown as Chat;
}

const unread = ({ usage }: Chat): number => usage.prompt_tokens - usage.prompt_tokens_details.cached_tokens;

const question = { role: 'user', content: 'What is the weather in Paris?' };

describe('a conversation that is saved', () => {
  it('goes on in another server with its new tokens alone, however its call is written', async () => {
    const first = await open();
    const answer = await chat(first, [question]);
    const message = answer.choices[0]?.message;
    const saved = await post(first, '/slots/0?action=save', { filename: 'paris.bin' });
    expect(saved).toMatchObject({ status: 200, body: { id_slot: 0, filename: 'paris.bin' } });
    await first.close();
    expect(await readdir(folder)).toEqual(['paris.bin']);

    const second = await open();
    const restored = await post(second, '/slots/0?action=restore', { filename: 'paris.bin' });
    expect(restored.body).toMatchObject({
      n_restored: saved.body['n_saved'],
      n_read: saved.body['n_written'],
    });
    const [call] = message?.tool_calls ?? [];
    const again = { ...call, function: { name: 'get_weather', arguments: '{ "city" : "Paris" }' } };
    const next = await chat(second, [
      question,
      { role: 'assistant', content: '', tool_calls: [again] },
      { role: 'tool', tool_call_id: call?.id, content: '21' },
    ]);
    expect(unread(next)).toBeLessThan(16);
    expect(next.usage.prompt_tokens_details.cached_tokens).toBeGreaterThanOrEqual(
      Number(saved.body['n_saved']),
    );
    await second.close();
  });

  it('may be forgotten', async () => {
    const server = await open();
    const before = unread(await chat(server, [question]));
    const { body } = await post(server, '/slots/0?action=erase', {});
    expect(body['n_erased']).toBeGreaterThan(20);
    expect(unread(await chat(server, [question]))).toBe(before);
    expect((await post(server, '/slots/9?action=erase', {})).status).toBe(400);
    await server.close();
  });

  it('is refused when it is damaged, cut off, or another model has written it', async () => {
    const server = await open();
    await chat(server, [question]);
    await post(server, '/slots/0?action=save', { filename: 'right' });
    const right = await readFile(path.join(folder, 'right'));
    const flipped = Buffer.from(right);
    flipped[right.length - 100] = (flipped[right.length - 100] ?? 0) ^ 1;
    const other = Buffer.from(right.toString('latin1').replace(/"model":"../, '"model":"zz'), 'latin1');
    const wrong = {
      flipped,
      other,
      cut: right.subarray(0, -40),
      short: right.subarray(0, 5),
      none: Buffer.alloc(0),
    };
    for (const [filename, bytes] of Object.entries(wrong)) {
      await writeFile(path.join(folder, filename), bytes);
      const { status, body } = await post(server, '/slots/0?action=restore', { filename });
      expect(status, filename).toBe(400);
      expect(JSON.stringify(body), filename).toMatch(/"filename: .*found it.*, allowed a file as/);
    }
    expect((await post(server, '/slots/0?action=restore', { filename: 'missing' })).status).toBe(400);
    expect((await post(server, '/slots/7?action=save', { filename: 'x' })).status).toBe(400);
    expect((await post(server, '/slots/0?action=sell', { filename: 'x' })).status).toBe(400);
    // Nothing of all that has harmed the server.
    expect((await post(server, '/slots/0?action=restore', { filename: 'right' })).status).toBe(200);
    await server.close();
  });
});

describe('the name of a saved conversation', () => {
  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '/etc/passwd',
    'C:x',
    '.hidden',
    'x\0',
    'x\n',
    'nul',
    'COM1.bin',
    'x.',
    'x '.trimStart(),
    'ü',
    '%2e%2e',
    'a'.repeat(129),
    '~',
    '-x/..',
  ])('cannot be %j', (name) => {
    expect(() => slotFilePath('/saved', name)).toThrow(/cannot have this name/);
  });

  it.each(['a', 'paris.bin', 'A-1_b.2', 'a'.repeat(128)])('may be %j', (name) => {
    expect(slotFilePath('/saved', name)).toBe(path.join('/saved', name));
  });
});

describe('conversations of two clients', () => {
  it('share nothing, and each is told of its own alone', async () => {
    const server = await serveDemo(
      { slots: 1, contextLength: 1024, explainCache: true },
      { apiKeys: ['first', 'second'] },
    );
    const ask = async (key: string, prompt: string): Promise<number> => {
      const response = await fetch(`${server.url}/v1/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ prompt, max_tokens: 1, temperature: 0 }),
      });
      return ((await response.json()) as Chat).usage.prompt_tokens_details.cached_tokens;
    };
    const slot = async (key: string): Promise<Record<string, unknown> | undefined> => {
      const response = await fetch(`${server.url}/slots`, { headers: { authorization: `Bearer ${key}` } });
      return ((await response.json()) as Record<string, unknown>[])[0];
    };
    const secret = 'The harbour opens at six, and the password is swordfish';
    expect(await ask('first', secret)).toBe(0);
    expect(await ask('second', secret)).toBe(0);
    expect(await ask('first', 'The harbour opens at nine.')).toBeGreaterThan(2);
    const told = await slot('first');
    expect(told?.['cache_difference']).toMatchObject({
      before: expect.stringMatching(/The harbour opens at$/) as string,
      cached: { text: expect.stringMatching(/^ six, and/) as string },
      prompt: { text: ' nine.' },
    });
    expect(JSON.stringify(await slot('second'))).not.toMatch(/six|nine|cache_difference/);
    await server.close();
  });
});
