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

const tools: OpenAI.Responses.FunctionTool[] = [
  {
    type: 'function',
    strict: false,
    ...weatherTool.function,
    parameters: { ...weatherTool.function.parameters },
  },
];
const ask = { model: 'demo', temperature: 0, tools, store: false };
const question: OpenAI.Responses.ResponseInputItem = {
  role: 'user',
  content: 'What is the weather in Paris?',
};

describe('responses', () => {
  it('call a tool, go on after its result, and count what the cache held', async () => {
    const first = await client.responses.create({ ...ask, input: [question] });
    expect(first.status).toBe('completed');
    const [call] = first.output;
    if (call?.type !== 'function_call') throw new Error('there is no call');
    expect(call.name).toBe('get_weather');
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Paris' });
    const second = await client.responses.create({
      ...ask,
      input: [question, call, { type: 'function_call_output', call_id: call.call_id, output: '21 C' }],
    });
    const before = (first.usage?.input_tokens ?? 0) + (first.usage?.output_tokens ?? 0);
    expect(second.usage?.input_tokens_details.cached_tokens).toBeGreaterThanOrEqual(before - 1);
  });

  it('stream the same as they answer whole', async () => {
    const body = { model: 'demo', input: 'Hello!', temperature: 0, max_output_tokens: 8 };
    const whole = await client.responses.create(body);
    const stream = client.responses.stream(body);
    const sequence: number[] = [];
    for await (const event of stream) sequence.push(event.sequence_number);
    const streamed = await stream.finalResponse();
    expect(streamed.output_text).toBe(whole.output_text);
    expect(whole).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
    expect(sequence).toEqual(sequence.map((_, place) => place));
  });

  it('stream the events of a call', async () => {
    const kinds: string[] = [];
    const stream = await client.responses.create({ ...ask, input: [question], stream: true });
    for await (const { type } of stream) if (type !== kinds.at(-1)) kinds.push(type);
    expect(kinds).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  it('are not stored', async () => {
    await expect(
      client.responses.create({ ...ask, input: 'Hi', previous_response_id: 'resp_1' }),
    ).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
  });
});
