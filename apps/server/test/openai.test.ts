import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, weatherTool, type DemoServer } from './demo-engine';

let server: DemoServer;
let client: OpenAI;
beforeAll(async () => {
  server = await serveDemo();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.close());

const model = 'demo';
const question = { role: 'user', content: 'What is the weather in Paris?' } as const;

describe('chat completions', () => {
  it('answers, with what was used', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Hello!' }],
      temperature: 0,
      max_tokens: 12,
    });
    expect(answer).toMatchObject({ object: 'chat.completion', model, choices: [{ index: 0 }] });
    expect(answer.choices[0]?.message.content).toMatch(/\S/);
    const { prompt_tokens: read, completion_tokens: written, total_tokens: total } = answer.usage ?? {};
    expect(read).toBeGreaterThan(2);
    expect(total).toBe((read ?? 0) + (written ?? 0));
  });

  it('streams the same text as it answers whole', async () => {
    const body = {
      model,
      messages: [{ role: 'user', content: 'Hello! Who are you?' }],
      seed: 7,
      max_tokens: 24,
    } satisfies OpenAI.ChatCompletionCreateParams;
    const whole = await client.chat.completions.create(body);
    expect(whole.choices[0]?.message.content).toMatch(/\S/);
    const stream = client.chat.completions.stream({ ...body, stream_options: { include_usage: true } });
    const streamed = await stream.finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(streamed.choices[0]?.finish_reason).toBe(whole.choices[0]?.finish_reason);
    expect(streamed.usage?.completion_tokens).toBe(whole.usage?.completion_tokens);
  });

  it('sends chunks in the form that clients expect', async () => {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({
        messages: [question],
        tools: [weatherTool],
        temperature: 0,
        stream: true,
        stream_options: { include_usage: true },
      }),
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const lines = (await response.text()).split('\n\n').filter((line) => line !== '');
    expect(lines.every((line) => line.startsWith('data: '))).toBe(true);
    expect(lines.at(-1)).toBe('data: [DONE]');
    const chunks = lines.slice(0, -1).map((line) => JSON.parse(line.slice(6)) as OpenAI.ChatCompletionChunk);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks[0]?.choices[0]).toMatchObject({ index: 0, delta: { role: 'assistant', content: '' } });
    const calls = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(calls[0]).toMatchObject({ index: 0, type: 'function', function: { name: 'get_weather' } });
    expect(calls[0]?.id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(calls.slice(1).every(({ id, index }) => id === undefined && index === 0)).toBe(true);
    expect(JSON.parse(calls.map((call) => call.function?.arguments ?? '').join(''))).toEqual({
      city: 'Paris',
    });
    expect(chunks.at(-2)?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'tool_calls' });
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: expect.any(Number) as number },
    });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
  });

  it('calls a tool', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages: [question],
      tools: [weatherTool],
      temperature: 0,
    });
    const [choice] = answer.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message.content).toBeNull();
    const [call] = choice?.message.tool_calls ?? [];
    if (call?.type !== 'function') throw new Error('there is no call');
    expect(call.function.name).toBe('get_weather');
    expect(JSON.parse(call.function.arguments)).toEqual({ city: 'Paris' });
  });

  it('reads only what is new in each turn of an agent, though the client writes calls another way', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'system', content: 'You help people with their computer.' },
      question,
    ];
    let before = 0;
    for (const city of ['Paris', 'Vilnius', 'Rome']) {
      const answer = await client.chat.completions.create({
        model,
        messages,
        tools: [weatherTool],
        temperature: 0,
      });
      const { prompt_tokens: read = 0, prompt_tokens_details: details } = answer.usage ?? {};
      const cached = details?.cached_tokens ?? 0;
      // All that was read and written before, but for the token that ends a turn.
      if (before > 0) expect(cached).toBeGreaterThanOrEqual(before - 1);
      before = read + (answer.usage?.completion_tokens ?? 0);
      const message = answer.choices[0]?.message;
      const [call] = message?.tool_calls ?? [];
      const rewritten = (message?.tool_calls ?? []).map((one) =>
        one.type === 'function'
          ? {
              ...one,
              function: {
                name: one.function.name,
                arguments: JSON.stringify(JSON.parse(one.function.arguments), undefined, 4),
              },
            }
          : one,
      );
      messages.push({
        role: 'assistant',
        content: message?.content ?? '',
        ...(rewritten.length > 0 ? { tool_calls: rewritten } : {}),
      });
      if (call !== undefined)
        messages.push({ role: 'tool', tool_call_id: call.id, content: '{"celsius": 21}' });
      messages.push({ role: 'user', content: `What is the weather in ${city}?` });
    }
  });

  it('gives several choices, and the same ones for the same seed', async () => {
    const ask = () =>
      client.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'Write a word.' }],
        n: 3,
        seed: 11,
        max_tokens: 8,
      });
    const [first, second] = [await ask(), await ask()];
    expect(first.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(first.choices.map(({ message }) => message.content)).toEqual(
      second.choices.map(({ message }) => message.content),
    );
    expect(new Set(first.choices.map(({ message }) => message.content)).size).toBeGreaterThan(1);
  });

  it('stops at strings wherever tokens are cut, and keeps them out', async () => {
    const ask = { model, prompt: 'One two three four five six', temperature: 0, max_tokens: 24 };
    const { text = '' } = (await client.completions.create(ask)).choices[0] ?? {};
    const stop = text.slice(5, 9);
    const stopped = await client.completions.create({ ...ask, stop: [stop] });
    expect(stopped.choices[0]?.text).toBe(text.slice(0, text.indexOf(stop)));
    expect(stopped.choices[0]?.finish_reason).toBe('stop');
  });

  it('tells log-probabilities: at temperature 0, the token is the likeliest', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Hello!' }],
      temperature: 0,
      max_tokens: 4,
      logprobs: true,
      top_logprobs: 3,
    });
    const told = answer.choices[0]?.logprobs?.content ?? [];
    expect(told).toHaveLength(4);
    for (const { token, logprob, top_logprobs: top } of told) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top).toHaveLength(3);
      expect(top[0]).toMatchObject({ token, logprob });
      expect(top[0]?.logprob).toBeGreaterThanOrEqual(top[1]?.logprob ?? 0);
    }
  });

  it('frees what a request took when its client goes away', async () => {
    const controller = new AbortController();
    const stream = await client.chat.completions.create(
      {
        model,
        messages: [{ role: 'user', content: 'Count for ever.' }],
        stream: true,
        logit_bias: { '2': -100 },
      },
      { signal: controller.signal },
    );
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content !== '') break;
    controller.abort();
    await expect.poll(async () => (await server.engine.status()).slots.length, { timeout: 10_000 }).toBe(0);
  });
});

describe('plain texts', () => {
  const ask = async (where: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${server.url}${where}`, { method: 'POST', body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, unknown>;
  };

  it('are JSON where response_format says so', async () => {
    const schema = { type: 'object', properties: { sea: { enum: ['deep'] } }, required: ['sea'] };
    const format = { type: 'json_schema', json_schema: { schema, strict: true } };
    const { choices } = (await ask('/v1/completions', {
      prompt: 'Hi',
      response_format: format,
    })) as unknown as OpenAI.Completion;
    expect(JSON.parse(choices[0]?.text ?? '')).toEqual({ sea: 'deep' });
    expect(await ask('/v1/completions', { prompt: 'Hi', response_format: 5 })).toMatchObject({
      error: { param: 'response_format' },
    });
  });

  it('go on to the last token where ignore_eos says so', async () => {
    const body = { prompt: 'Hi', temperature: 0, ignore_eos: true };
    const text = await ask('/v1/completions', { ...body, max_tokens: 200 });
    expect(text).toMatchObject({
      choices: [{ finish_reason: 'length' }],
      usage: { completion_tokens: 200 },
    });
    expect(await ask('/completion', { ...body, n_predict: 200 })).toMatchObject({ tokens_predicted: 200 });
    const ended = await ask('/completion', { ...body, ignore_eos: false, n_predict: 200 });
    expect(ended['tokens_predicted']).toBeLessThan(200);
  });
});

describe('what is wrong with a request', () => {
  const refused = async (body: unknown, path = '/v1/chat/completions') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${server.url}${path}`, { method: 'POST', body: text });
    const told = (await response.json()) as {
      error: { message: string; type: string; param: string | null };
    };
    return { status: response.status, ...told.error };
  };

  it.each([
    ['no JSON', '{"messages": [', /no JSON/],
    ['a wrong role', { messages: [{ role: 'wizard', content: 'Hi' }] }, /messages\.0\.role/],
    ['no messages', { messages: [] }, /messages/],
    ['a wrong type', { messages: [question], temperature: 'hot' }, /temperature/],
    ['a temperature that cannot be', { messages: [question], temperature: -1 }, /temperature/],
    ['an image', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, /only text is read/],
    ['JSON that is nested too deep', '['.repeat(1e5), /deeper/],
  ])('%s is told with 400', async (_, body, message) => {
    const told = await refused(body);
    expect(told).toMatchObject({ status: 400, type: 'invalid_request_error' });
    expect(told.message).toMatch(message);
  });

  it('a prompt that does not fit is told before it is read', async () => {
    const told = await refused({ prompt: 'word '.repeat(5000) }, '/v1/completions');
    expect(told).toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('a path that there is not is told with 404', async () => {
    await expect(client.models.retrieve('other')).rejects.toMatchObject({ status: 404 });
    expect((await fetch(`${server.url}/v2`)).status).toBe(404);
  });
});

describe('around the model', () => {
  it('lists the model, and tells how it is', async () => {
    const [listed] = (await client.models.list()).data;
    expect(listed).toMatchObject({ id: 'demo-10M-BF16.gguf', object: 'model' });
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ status: 'ok' });
    const props = (await (await fetch(`${server.url}/props`)).json()) as Record<string, unknown>;
    expect(props).toMatchObject({ total_slots: 2, default_generation_settings: { n_ctx: 4096 } });
  });

  it('makes text into tokens and back, and shows prompts', async () => {
    const post = async (path: string, body: unknown): Promise<unknown> =>
      (await fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body) })).json();
    // By llama-tokenize of ik_llama.cpp.
    const { tokens } = (await post('/tokenize', { content: 'The weather', add_special: true })) as {
      tokens: number[];
    };
    expect(tokens).toEqual([1, 509, 765, 1770]);
    expect(await post('/detokenize', { tokens: tokens.slice(1) })).toEqual({ content: 'The weather' });
    expect(await post('/apply-template', { messages: [question] })).toEqual({
      prompt: `<s>[INST]${question.content}[/INST]`,
    });
  });
});

describe('API keys', () => {
  it('open the doors, and nothing else does', async () => {
    const locked = await serveDemo({ slots: 1, contextLength: 512 }, { apiKeys: ['first', 'second'] });
    const list = async (apiKey: string) =>
      new OpenAI({ baseURL: `${locked.url}/v1`, apiKey, maxRetries: 0 }).models.list();
    try {
      await expect(list('third')).rejects.toMatchObject({ status: 401 });
      expect((await list('second')).data).toHaveLength(1);
      expect((await fetch(`${locked.url}/health`)).status).toBe(200);
    } finally {
      await locked.close();
    }
  });
});
