import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, weatherTool, type DemoServer } from './demo-engine';

let server: DemoServer;
beforeAll(async () => {
  server = await serveDemo({ slots: 1, contextLength: 512 });
});
afterAll(() => server.close());

async function post(path: string, body: object) {
  const response = await fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

interface Told {
  readonly message: string;
  readonly param?: string | null;
}

const user = { role: 'user', content: 'Hi' };
const messages = [user];
const image = { type: 'image_url', image_url: { url: 'data:' } };
const badSchema = { type: 'object', properties: { city: { $ref: '#/nowhere' } } };
const chat = { messages, max_tokens: 1 };
const anthropic = { model: 'm', messages, max_tokens: 1 };
const result = (content: readonly object[]) => ({
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: 'a', content }],
});
const generate = { model: 'm', prompt: 'Hi', stream: false };
const tool = (name: string, parameters: object = {}) => ({
  type: 'function',
  function: { name, parameters },
});
const responseTool = (name: string) => ({ type: 'function', name, parameters: {} });
const [CHAT, TEXT, MESSAGES] = ['/v1/chat/completions', '/v1/completions', '/v1/messages'];
const [GENERATE, RESPONSES] = ['/api/generate', '/v1/responses'];

describe('what is wrong is told by its name in the API that was asked', () => {
  it.each<readonly [path: string, body: object, field: string]>([
    [CHAT, { ...chat, top_p: 2 }, 'top_p'],
    [CHAT, { ...chat, repeat_last_n: -2 }, 'repeat_last_n'],
    [CHAT, { ...chat, logit_bias: { 8192: 1 } }, 'logit_bias'],
    [CHAT, { ...chat, samplers: ['top_k', 'luck'] }, 'samplers.1'],
    [CHAT, { ...chat, samplers: ['temperature', 'top_k'] }, 'samplers'],
    [CHAT, { ...chat, id_slot: 0 }, 'id_slot'],
    [CHAT, { ...chat, n: 300 }, 'n'],
    [CHAT, { ...chat, tools: [tool('get weather')] }, 'tools'],
    [CHAT, { ...chat, tools: [tool('f', { type: 'array' })] }, 'tools'],
    [GENERATE, { ...generate, options: { samplers: 'kt' } }, 'options.samplers'],
    [GENERATE, { ...generate, options: { logit_bias: { 5: 'x' } } }, 'options.logit_bias.5'],
    [GENERATE, { ...generate, options: { dry_base: 'x' } }, 'options.dry_base'],
    [RESPONSES, { input: 'Hi', id_slot: 0 }, 'id_slot'],
    [RESPONSES, { input: 'Hi', background: true }, 'background'],
    [RESPONSES, { input: 'Hi', grammar: 'root ::= "a"', guided_regex: 'a' }, 'text.format'],
    [RESPONSES, { input: 'Hi', grammar: 'root ::= no' }, 'grammar'],
    [CHAT, { messages: [user, { role: 'user', content: [{ type: 'text' }] }] }, 'messages.1.content.0.text'],
    [
      CHAT,
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }, image] }] },
      'messages.0.content.1.type',
    ],
    [
      CHAT,
      { messages: [{ role: 'user', content: '' }], response_format: { type: 'json_object' } },
      'messages',
    ],
    [CHAT, { messages: [{ role: 'user', content: 'long '.repeat(2000) }] }, 'messages'],
    [
      CHAT,
      { ...chat, tools: [weatherTool], tool_choice: { type: 'function', function: { name: 'no' } } },
      'tool_choice',
    ],
    [
      CHAT,
      {
        ...chat,
        tools: [{ type: 'function', function: { name: 'f', parameters: badSchema, strict: true } }],
      },
      'tools',
    ],
    [CHAT, { ...chat, tool_choice: 'required' }, 'tool_choice'],
    [CHAT, { ...chat, tools: [], tool_choice: 'required' }, 'tool_choice'],
    [CHAT, { ...chat, tool_choice: { type: 'function', function: { name: 'f' } } }, 'tool_choice'],
    [CHAT, { ...chat, tool_choice: 'required', response_format: { type: 'json_object' } }, 'tool_choice'],
    [RESPONSES, { input: 'Hi', tool_choice: 'required' }, 'tool_choice'],
    [RESPONSES, { input: 'Hi', tool_choice: { type: 'function', name: 'f' } }, 'tool_choice'],
    [
      RESPONSES,
      { input: 'Hi', tools: [responseTool('g')], tool_choice: { type: 'function', name: 'f' } },
      'tool_choice',
    ],
    [MESSAGES, { ...anthropic, tool_choice: { type: 'any' } }, 'tool_choice'],
    [MESSAGES, { ...anthropic, tool_choice: { type: 'tool', name: 'f' } }, 'tool_choice'],
    [
      MESSAGES,
      { ...anthropic, tools: [{ name: 'g' }], tool_choice: { type: 'tool', name: 'f' } },
      'tool_choice',
    ],
    [CHAT, { ...chat, tools: [tool('f'), tool('g'), tool('f')] }, 'tools'],
    ['/apply-template', { messages, tools: [tool('f'), tool('f')] }, 'tools'],
    [RESPONSES, { input: 'Hi', tools: [responseTool('f'), responseTool('f')] }, 'tools'],
    [MESSAGES, { ...anthropic, tools: [{ name: 'f' }, { name: 'f' }] }, 'tools'],
    [`${MESSAGES}/count_tokens`, { model: 'm', messages, tools: [{ name: 'f' }, { name: 'f' }] }, 'tools'],
    ['/api/chat', { model: 'm', messages, tools: [tool('f'), tool('f')] }, 'tools'],
    [
      CHAT,
      { ...chat, response_format: { type: 'json_schema', json_schema: { schema: badSchema } } },
      'response_format',
    ],
    [
      CHAT,
      {
        ...chat,
        response_format: { type: 'json_schema', json_schema: { schema: { contains: {} }, strict: true } },
      },
      'response_format',
    ],
    [CHAT, { ...chat, grammar: 'root ::= nothing' }, 'grammar'],
    [TEXT, { prompt: [8192] }, 'prompt'],
    [TEXT, { prompt: 'a', guided_regex: '(' }, 'guided_regex'],
    ['/v1/responses', { input: 'Hi', temperature: -1 }, 'temperature'],
    [
      '/v1/responses',
      { input: [{ role: 'user', content: [{ type: 'input_text' }] }] },
      'input.0.content.0.text',
    ],
    [
      '/v1/responses',
      { input: [{ role: 'user', content: [{ type: 'input_image' }] }] },
      'input.0.content.0.type',
    ],
    [
      '/v1/responses',
      { input: 'Hi', text: { format: { type: 'json_schema', schema: badSchema } } },
      'text.format',
    ],
    ['/v1/embeddings', { input: 'long '.repeat(2000) }, 'input'],
    [MESSAGES, { ...anthropic, top_p: 2 }, 'top_p'],
    [
      MESSAGES,
      { ...anthropic, system: 'x', messages: [{ role: 'user', content: [{ type: 'image' }] }] },
      'messages.0.content.0.type',
    ],
    [
      MESSAGES,
      { ...anthropic, messages: [result([{ type: 'image' }])] },
      'messages.0.content.0.content.0.type',
    ],
    [
      MESSAGES,
      { ...anthropic, messages: [result([{ type: 'text' }])] },
      'messages.0.content.0.content.0.text',
    ],
    [
      MESSAGES,
      { ...anthropic, messages: [user, { role: 'assistant', content: [{ type: 'server_tool_use' }] }] },
      'messages.1.content.0.type',
    ],
    [MESSAGES, { ...anthropic, tools: [{ name: 'f', input_schema: badSchema, strict: true }] }, 'tools'],
    ['/api/chat', { model: 'm', messages, options: { top_p: 2 } }, 'options.top_p'],
    [
      '/api/chat',
      {
        model: 'm',
        messages,
        tools: [{ type: 'function', function: { name: 'f', parameters: badSchema, strict: true } }],
      },
      'tools',
    ],
    ['/api/chat', { model: 'm', messages, format: badSchema }, 'format'],
    ['/api/generate', { model: 'm', prompt: 'long '.repeat(2000) }, 'prompt'],
    ['/slots/9?action=erase', {}, 'id'],
  ])('%s %j: %s', async (path, body, field) => {
    const { status, body: told } = await post(path, body);
    const { error } = told as { error: Told | string };
    const { message, param } = typeof error === 'string' ? { message: error, param: undefined } : error;
    expect(status).toBe(400);
    expect(message).toMatch(new RegExp(`^${field.replaceAll('.', '\\.')}: \\S`));
    // What is wrong within a schema or a grammar is told by its own rules.
    if (!/format|grammar|regex|tools/.test(field)) expect(message).toMatch(/found .+, allowed .+/);
    expect(message).not.toMatch(/topP|penaltyLastN|logitBias/);
    // OpenAI's API has a place for the name of its own.
    if (path.startsWith('/v1/') && !path.startsWith(MESSAGES)) expect(param).toBe(field);
  });
});

it.each([
  [TEXT, { prompt: 'a', mirostat: 3 }],
  ['/api/generate', { model: 'm', prompt: 'a', options: { mirostat: 3 } }],
])('%s: all that `mirostat` may be is told', async (path, asked) => {
  const { status, body } = await post(path, asked);
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toMatch(/mirostat: [^"]*0[^"]*1[^"]*2/);
});

describe('samplers', () => {
  const ask = async (fields: object) => {
    const { body } = await post(TEXT, { prompt: 'Once', max_tokens: 6, seed: 3, ...fields });
    return (body['choices'] as readonly { readonly text: string }[])[0]?.text;
  };

  it('that are left out are off', async () => {
    const likeliest = await ask({ temperature: 0 });
    const hot = { temperature: 1e5, top_k: 1 };
    expect(await ask({ ...hot, samplers: ['top_k', 'temperature'] })).toBe(likeliest);
    expect(await ask({ ...hot, samplers: ['temperature'] })).not.toBe(likeliest);
  });
});

describe('bytes that are no request', () => {
  it('a body that is compressed is refused as such', async () => {
    const response = await fetch(`${server.url}${TEXT}`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ prompt: 'Hi' })),
    });
    expect(response.status).toBe(415);
    expect(JSON.stringify(await response.json())).toMatch(/gzip/);
  });

  it('a body that is not compressed may say so, in any case', async () => {
    const response = await fetch(`${server.url}${TEXT}`, {
      method: 'POST',
      headers: { 'content-encoding': 'IDENTITY' },
      body: JSON.stringify({ prompt: 'Hi', max_tokens: 1 }),
    });
    expect(response.status).toBe(200);
  });

  const fine = 'GET /version-of-nothing HTTP/1.1\r\nhost: localhost\r\n\r\n';
  const head = 'POST / HTTP/1.1\r\nhost: localhost\r\n';
  const chunked = `${head}transfer-encoding: chunked\r\n\r\n`;
  it.each<readonly [what: string, bytes: string, status: number, message: RegExp]>([
    ['a line that is none', 'nonsense\r\n\r\n', 400, /no method.* allowed GET/],
    ['one behind a request', `${fine}nonsense\r\n\r\n`, 400, /no method/],
    ['TLS', '\x16\x03\x01\x00\x05', 400, /found https, allowed http/],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, /HTTP\/2/],
    ['a target that is none', 'GET x y HTTP/1.1\r\n\r\n', 400, /target.* allowed a path/],
    ['a version that there is not', 'GET / HTTP/9.9\r\n\r\n', 400, /version of HTTP.* allowed HTTP\/1\.1/],
    ['another protocol', 'GET / HTTX/1.1\r\n\r\n', 400, /no version of HTTP/],
    ['lines that end in LF', 'GET / HTTP/1.1\nhost: localhost\n\n', 400, /allowed .*CR LF/],
    ['a header that is none', 'GET / HTTP/1.1\r\nho st: a\r\n\r\n', 400, /header.* allowed "name: value"/],
    ['a header that does not end', 'GET / HTTP/1.1\r\nhost: a\rx\r\n\r\n', 400, /header does not end/],
    ['a length that is none', `${head}content-length: -1\r\n\r\n`, 400, /Content-Length cannot be.* digits/],
    ['two lengths', `${head}content-length: 1\r\ncontent-length: 2\r\n\r\n`, 400, /two Content-Lengths/],
    [
      'a length beside chunks',
      `${head}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`,
      400,
      /Transfer-Encoding/,
    ],
    ['a coding that there is not', `${head}transfer-encoding: gzip\r\n\r\n`, 400, /allowed "chunked" alone/],
    ['a chunk without a size', `${chunked}xyz\r\n`, 400, /size of a chunk.* base 16/],
    ['a chunk that is longer', `${chunked}2\r\nabc\r\n`, 400, /chunk does not end/],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      /larger than/,
    ],
    ['extensions without end', `${chunked}2;${'x'.repeat(20_000)}\r\nab\r\n`, 413, /extensions/],
    [
      'what cannot be expected',
      'GET / HTTP/1.1\r\nhost: a\r\nexpect: luck\r\nconnection: close\r\n\r\n',
      417,
      /found "luck", allowed "100-continue"/,
    ],
    ['no host', 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n', 400, /^Host: found nothing/],
    ['a host that is none', 'GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n', 400, /\S/],
  ])('%s: a reason is told', async (_, bytes, status, message) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(bytes, 'latin1');
    let text = '';
    for await (const piece of socket) text += String(piece);
    const last = text.slice(text.search(/HTTP\/1\.1 \d{3} (?!.*HTTP\/1\.1 \d{3} )/s));
    expect(last).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const body = JSON.parse(last.slice(last.indexOf('{'), last.lastIndexOf('}') + 1)) as { error: Told };
    expect(body.error.message).toMatch(message);
  });

  it('a body that breaks off: a reason is told', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.end(`${head.replace('/', TEXT)}content-length: 10\r\n\r\nabc`);
    let text = '';
    for await (const piece of socket) text += String(piece);
    expect(text).toMatch(/^HTTP\/1.1 400 [^]*the request breaks off: allowed /);
  });
});
