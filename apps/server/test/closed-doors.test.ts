import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiKeys } from '../src/http/api-keys';
import { serveDemo, type DemoServer } from './demo-engine';

let folder: string;
let server: DemoServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'halftone-'));
  const slotSavePath = path.join(folder, 'saved');
  await mkdir(slotSavePath);
  server = await serveDemo({ slots: 1, contextLength: 512, slotSavePath }, { apiKeys: ['sesame', 'open'] });
  // The slot has a conversation, and a name that is one saves it: what is refused below is the name.
  const body = JSON.stringify({ prompt: 'Once', max_tokens: 2 });
  await fetch(`${server.url}/v1/completions`, { method: 'POST', headers, body });
  expect((await slot('save', 'good.bin')).status).toBe(200);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const headers = { authorization: 'Bearer sesame' };
const slot = (action: string, filename: string) =>
  ask(`/slots/0?action=${action}`, { method: 'POST', headers, body: JSON.stringify({ filename }) });
const ask = (target: string, init: RequestInit = {}) => fetch(`${server.url}${target}`, init);

describe('doors that are closed', () => {
  it.each<Record<string, string>>([
    {},
    { authorization: 'Bearer sesam' },
    { authorization: 'Bearer sesame2' },
    { authorization: 'Basic sesame' },
    { 'x-api-key': 'SESAME' },
  ])('stay closed to %j', async (given) => {
    for (const target of ['/v1/models', '/slots', '/metrics', '/openapi.json', '/api/tags']) {
      expect((await ask(target, { headers: given })).status, target).toBe(401);
    }
  });

  it.each<Record<string, string>>([headers, { authorization: 'bearer open' }, { 'x-api-key': 'open' }])(
    'open to %j',
    async (given) => {
      expect((await ask('/v1/models', { headers: given })).status).toBe(200);
    },
  );

  it('hold no key', () => {
    const keys = new ApiKeys(['sesame']);
    expect(keys.ownerOf('sesame')?.client).toBe('key 0');
    expect(inspect(keys, { showHidden: true, depth: 9 }) + JSON.stringify(keys)).not.toContain('sesame');
  });

  it('tell pages of other origins nothing, unless they are told to', async () => {
    const origin = 'https://page.example';
    const answer = await ask('/v1/models', { headers: { ...headers, origin } });
    expect(answer.status).toBe(403);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    const preflight = await ask('/v1/models', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    });
    expect(preflight.ok).toBe(false);
  });

  it('let all pages ask where that is said', async () => {
    const open = await serveDemo({ slots: 1, contextLength: 512 }, { corsOrigins: ['*'] });
    const answer = await fetch(`${open.url}/v1/models`, { headers: { origin: 'https://page.example' } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    await open.close();
  });

  it('work for their own page, and for no page that hides its origin', async () => {
    const from = async (origin: string) =>
      (await ask('/v1/models', { headers: { ...headers, origin } })).status;
    expect(await from(new URL(server.url).origin)).toBe(200);
    expect(await from('null')).toBe(403);
  });

  it.each(['../a.bin', '/tmp/a.bin', 'a/b.bin', 'a\\b.bin', 'C:\\a.bin', '..', '.hidden', '', 'a\u0000.bin'])(
    'lead nowhere by the name %j',
    async (filename) => {
      const before = await readdir(folder, { recursive: true });
      for (const action of ['save', 'restore']) {
        expect((await slot(action, filename)).status).toBe(400);
      }
      expect(await readdir(folder, { recursive: true })).toEqual(before);
    },
  );
});
