import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry } from '../src/http/log';
import { serveDemo, type DemoServer } from './demo-engine';

let server: DemoServer;
const log: LogEntry[] = [];
beforeAll(async () => {
  const options = {
    apiKeys: ['sesame'],
    corsOrigins: ['https://page.example'],
    maxBodyBytes: 10_000,
    log: (entry: LogEntry) => log.push(entry),
  };
  server = await serveDemo({ slots: 2, contextLength: 1024 }, options);
});
afterAll(() => server.close());

const headers = { authorization: 'Bearer sesame' };
const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, { headers, ...init });

describe('the doors', () => {
  it('tell their figures as Prometheus reads them', async () => {
    const body = JSON.stringify({ prompt: 'Once upon', max_tokens: 5, temperature: 0 });
    await get('/v1/completions', { method: 'POST', body });
    const text = await (await get('/metrics')).text();
    const value = (name: string) => Number(new RegExp(`^llamacpp:${name} (.+)$`, 'm').exec(text)?.[1]);
    // The first token comes with the prompt, and the last is not read again.
    expect(value('tokens_predicted_total')).toBeGreaterThanOrEqual(4);
    expect(value('prompt_tokens_total')).toBeGreaterThan(1);
    expect(value('requests_processing')).toBe(0);
    for (const line of text.trim().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) )?llamacpp:\w+ .+$/);
  });

  it('tell what is being worked on', async () => {
    expect(await (await get('/slots')).json()).toEqual([
      { id: 0, n_ctx: 512, is_processing: false },
      { id: 1, n_ctx: 512, is_processing: false },
    ]);
  });

  it('are described by an OpenAPI document', async () => {
    const document = (await (await get('/openapi.json')).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { requestBody?: unknown }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/v1/models/{id}']?.['get']).toBeDefined();
    const posts = Object.entries(document.paths).filter(([, methods]) => 'post' in methods);
    // Only the door that asks for the one model reads no body.
    expect(posts.filter(([, { post }]) => post?.requestBody === undefined).map(([path]) => path)).toEqual([
      '/api/show',
    ]);
  });

  it('refuse bodies that are too large', async () => {
    const body = JSON.stringify({ prompt: 'x'.repeat(20_000) });
    const response = await get('/v1/completions', { method: 'POST', body });
    expect(response.status).toBe(413);
  });

  it('let pages of the named origins ask, and no others', async () => {
    const origin = async (from: string) =>
      (await get('/v1/models', { headers: { ...headers, origin: from } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await origin('https://page.example')).toBe('https://page.example');
    expect(await origin('https://other.example')).toBeNull();
    const preflight = await fetch(`${server.url}/v1/models`, {
      method: 'OPTIONS',
      headers: { origin: 'https://page.example', 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
  });

  it('write a log without keys and without what is said', async () => {
    const body = JSON.stringify({ prompt: 'a secret', max_tokens: -1 });
    const response = await get('/v1/completions', { method: 'POST', body });
    const entry = log.at(-1);
    expect(entry).toMatchObject({ level: 'info', path: '/v1/completions', status: 400, client: 'key 0' });
    expect(entry?.requestId).toBe(response.headers.get('x-request-id'));
    const all = JSON.stringify(log);
    expect(all).not.toMatch(/sesame|a secret/);
  });
});
