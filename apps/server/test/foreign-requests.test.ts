import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/engine/engine';
import { createApp, type AppOptions } from '../src/http/app';
import { listenAt, type Listening } from '../src/serve';

/** The document of the API needs no model. */
const noEngine = {} as Engine;

const listening: Listening[] = [];
afterAll(async () => {
  await Promise.all(listening.map((one) => one.close()));
});

async function serve(options: AppOptions): Promise<Listening> {
  const server = await listenAt(createApp(noEngine, options), { port: 0 });
  listening.push(server);
  return server;
}

/** What is answered to a request of these headers, which `fetch` would not let anybody choose. */
function ask(
  { url }: Listening,
  headers: Readonly<Record<string, string>>,
  path = '/openapi.json',
): Promise<{ readonly status: number | undefined; readonly body: string; readonly id: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { headers, agent: false }, (response) => {
      let body = '';
      response.on('data', (bytes: Buffer) => (body += bytes.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode, body, id: response.headers['x-request-id'] }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

const foreign = ['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example'];

describe('a server at loopback without keys', () => {
  let server: Listening;
  beforeAll(async () => {
    server = await serve({});
  });

  it.each(['localhost', 'localhost:8080', 'LOCALHOST.', '127.0.0.1', '127.0.0.1:1', '[::1]', '[::1]:8080'])(
    'answers for %s',
    async (host) => {
      expect((await ask(server, { host })).status).toBe(200);
    },
  );

  it.each([...foreign, '10.0.0.7', '[2001:db8::1]', '0.0.0.0', 'mybox'])(
    'refuses requests for %s',
    async (host) => {
      const { status, body, id } = await ask(server, { host });
      expect(status).toBe(403);
      expect(body).toMatch(/"code":"host_not_allowed"/);
      expect(body).toMatch(/--allowed-host/);
      expect(id).toMatch(/^req_/);
    },
  );

  it('refuses them though the page says that it is its own: a name that was made to lead here', async () => {
    const headers = { host: 'evil.example:8080', origin: 'http://evil.example:8080' };
    for (const path of ['/openapi.json', '/health', '/']) {
      expect((await ask(server, headers, path)).status, path).toBe(403);
    }
  });

  it('tells each API in its own form', async () => {
    const host = 'evil.example';
    expect(JSON.parse((await ask(server, { host }, '/v1/messages')).body)).toMatchObject({
      type: 'error',
      error: { type: 'permission_error' },
    });
    expect(JSON.parse((await ask(server, { host }, '/api/tags')).body)).toEqual({
      error: expect.stringMatching(/evil\.example/) as string,
    });
  });
});

describe('more hosts', () => {
  it('may be named', async () => {
    const server = await serve({ allowedHosts: ['mybox', 'Proxy.Example'] });
    for (const host of ['mybox', 'mybox:8080', 'proxy.example', 'localhost']) {
      expect((await ask(server, { host })).status, host).toBe(200);
    }
    for (const host of foreign) expect((await ask(server, { host })).status, host).toBe(403);
  });

  it('are the one that the server listens at', async () => {
    const server = await serve({ host: '192.0.2.7' });
    expect((await ask(server, { host: '192.0.2.7:8080' })).status).toBe(200);
    expect((await ask(server, { host: '192.0.2.8' })).status).toBe(403);
  });

  it.each(['0.0.0.0', '::', '[::]'])('are all addresses, but no names, for a server at %s', async (at) => {
    const server = await serve({ host: at });
    for (const host of ['192.0.2.7:8080', '[2001:db8::1]:80', 'localhost']) {
      expect((await ask(server, { host })).status, host).toBe(200);
    }
    for (const host of foreign) expect((await ask(server, { host })).status, host).toBe(403);
  });

  it('are any where there are keys, unless some are named', async () => {
    const headers = { host: 'proxy.example', authorization: 'Bearer sesame' };
    const keyed = await serve({ apiKeys: ['sesame'] });
    expect((await ask(keyed, headers)).status).toBe(200);
    expect((await ask(keyed, { host: 'proxy.example' })).status).toBe(401);
    const named = await serve({ apiKeys: ['sesame'], allowedHosts: ['other.example'] });
    expect((await ask(named, headers)).status).toBe(403);
  });
});

describe('a page of another origin', () => {
  it('is refused beside the host, unless it is named', async () => {
    const server = await serve({ corsOrigins: ['https://page.example'] });
    const from = async (origin: string) => (await ask(server, { host: 'localhost', origin })).status;
    expect(await from('https://page.example')).toBe(200);
    expect(await from('http://localhost')).toBe(200);
    // A proxy in front speaks https, and passes the Host on.
    expect(await from('https://localhost')).toBe(200);
    expect(await from('https://localhost:8443')).toBe(403);
    expect(await from('https://other.example')).toBe(403);
    expect(await from('null')).toBe(403);
  });
});
