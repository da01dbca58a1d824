import { describe, expect, it } from 'vitest';
import type { Engine } from '../src/engine/engine';
import { createApp } from '../src/http/app';

/** What is refused needs no model. */
const app = createApp({} as Engine);

interface Paths {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

describe('a method that a path does not have', () => {
  it('is answered with 405, and those that it has, at every door', async () => {
    const { paths } = (await (await app.request('/openapi.json')).json()) as Paths;
    expect(Object.keys(paths).length).toBeGreaterThan(20);
    for (const [pattern, known] of Object.entries(paths)) {
      const path = pattern.replace('{id}', '0');
      const has = Object.keys(known).map((method) => method.toUpperCase());
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        if (has.includes(method)) continue;
        const { status, headers } = await app.request(path, { method });
        const allow = has.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one])).join(', ');
        expect([status, headers.get('allow')], `${method} ${path}`).toEqual([405, allow]);
      }
    }
  });

  it.each(['/', '/docs'])('is refused by the page too: %s', async (path) => {
    expect((await app.request(path)).status).toBe(200);
    const { status, headers } = await app.request(path, { method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('is told in the form of the API', async () => {
    const told = async (method: string, path: string) => (await app.request(path, { method })).json();
    const message = expect.stringMatching(/knows no (GET|DELETE): POST$/) as string;
    expect(await told('GET', '/v1/chat/completions')).toEqual({
      error: { message, type: 'invalid_request_error', param: null, code: 'method_not_allowed' },
    });
    expect(await told('DELETE', '/v1/messages')).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message },
    });
    expect(await told('GET', '/api/chat')).toEqual({ error: message });
  });
});

describe('a path that there is not', () => {
  it.each(['/v2', '/v1', '/v1/chat', '/slots/0/1', '/index.html'])('is told with 404: %s', async (path) => {
    const response = await app.request(path, { method: 'POST' });
    expect(response.status).toBe(404);
    expect(response.headers.get('allow')).toBeNull();
    expect(await response.json()).toMatchObject({
      error: { code: 'not_found', message: `there is nothing at POST ${path}` },
    });
  });
});
