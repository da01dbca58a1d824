import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, weatherTool, type DemoServer } from './demo-engine';

let server: DemoServer;
let client: Anthropic;
beforeAll(async () => {
  server = await serveDemo();
  client = new Anthropic({ baseURL: server.url, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.close());

const { name, description, parameters } = weatherTool.function;
const tools: Anthropic.Tool[] = [
  { name, description, input_schema: { ...parameters, required: [...parameters.required] } },
];
const ask = { model: 'demo', max_tokens: 64, temperature: 0, tools };
const question: Anthropic.MessageParam = { role: 'user', content: 'What is the weather in Paris?' };

describe('messages', () => {
  it('call a tool, whole and as a stream alike', async () => {
    const whole = await client.messages.create({ ...ask, messages: [question] });
    expect(whole).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'tool_use' });
    expect(whole.content).toMatchObject([
      { type: 'tool_use', name: 'get_weather', input: { city: 'Paris' } },
    ]);
    const streamed = await client.messages.stream({ ...ask, messages: [question] }).finalMessage();
    expect(streamed.content).toMatchObject([
      { type: 'tool_use', name: 'get_weather', input: { city: 'Paris' } },
    ]);
    expect(streamed.stop_reason).toBe('tool_use');
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
  });

  it('go on after a result, and count what the cache held', async () => {
    const first = await client.messages.create({ ...ask, messages: [question] });
    const [call] = first.content;
    if (call?.type !== 'tool_use') throw new Error('there is no call');
    const second = await client.messages.create({
      ...ask,
      messages: [
        question,
        { role: 'assistant', content: first.content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: call.id, content: [{ type: 'text', text: '21 C' }] }],
        },
      ],
    });
    const { usage } = second;
    const before =
      first.usage.input_tokens + (first.usage.cache_read_input_tokens ?? 0) + first.usage.output_tokens;
    expect(usage.cache_read_input_tokens).toBeGreaterThanOrEqual(before - 1);
    expect(second.content.length).toBeGreaterThan(0);
  });

  it('stream text in the events of the API', async () => {
    const events: Anthropic.MessageStreamEvent[] = [];
    const stream = await client.messages.create({
      ...ask,
      tools: [],
      max_tokens: 8,
      stream: true,
      messages: [{ role: 'user', content: 'Hello!' }],
    });
    for await (const event of stream) events.push(event);
    const kinds = events.map(({ type }) => type).filter((type, place, all) => type !== all[place - 1]);
    expect(kinds).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('stop at a string, and tell which', async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Hello!' }];
    const whole = await client.messages.create({ ...ask, tools: [], messages });
    const [block] = whole.content;
    const stop = block?.type === 'text' ? block.text.slice(2, 5) : '';
    const stopped = await client.messages.create({ ...ask, tools: [], messages, stop_sequences: [stop] });
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: stop });
  });

  it('are counted as they are read', async () => {
    const counted = await client.messages.countTokens({ model: 'demo', tools, messages: [question] });
    const { usage } = await client.messages.create({ ...ask, messages: [question] });
    expect(counted.input_tokens).toBe(usage.input_tokens + (usage.cache_read_input_tokens ?? 0));
  });

  it('leave the line out that would change the prompt with each request', async () => {
    const count = async (system: string) =>
      client.messages.countTokens({
        model: 'demo',
        system: [
          { type: 'text', text: system },
          { type: 'text', text: 'Be brief.' },
        ],
        messages: [question],
      });
    const { input_tokens: tokens } = await count('x-anthropic-billing-header: cch=12345;');
    const plain = await client.messages.countTokens({
      model: 'demo',
      system: 'Be brief.',
      messages: [question],
    });
    expect(tokens).toBe(plain.input_tokens);
  });

  it('are refused in the form of the API', async () => {
    const hot = { ...ask, temperature: -1 };
    const wrong = client.messages.create({ ...hot, messages: [question] });
    await expect(wrong).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    const image = { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } } as const;
    await expect(
      client.messages.create({ ...ask, messages: [{ role: 'user', content: [image] }] }),
    ).rejects.toMatchObject({ status: 400 });
  });
});
