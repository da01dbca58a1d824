import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Mistral } from '@mistralai/mistralai';
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, weatherTool, type DemoServer } from './demo-engine';

let server: DemoServer;
beforeAll(async () => {
  server = await serveDemo();
});
afterAll(() => server.close());

const prompt = 'What is the weather in Paris?';

describe('the AI SDK of Vercel', () => {
  const model = () =>
    createOpenAICompatible({ name: 'halftone', baseURL: `${server.url}/v1`, includeUsage: true })('demo');
  const asked: unknown[] = [];
  const tools = {
    get_weather: tool({
      description: weatherTool.function.description,
      inputSchema: jsonSchema<{ city: string }>({
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
      }),
      execute: (input) => {
        asked.push(input);
        return { celsius: 21 };
      },
    }),
  };

  it('runs a tool and goes on with its result', async () => {
    const { steps } = await generateText({
      model: model(),
      prompt,
      tools,
      temperature: 0,
      stopWhen: stepCountIs(2),
    });
    expect(asked).toEqual([{ city: 'Paris' }]);
    expect(steps[0]?.finishReason).toBe('tool-calls');
    expect(steps).toHaveLength(2);
    expect(steps[1]?.usage.cachedInputTokens).toBeGreaterThan(20);
  });

  it('streams calls and text', async () => {
    const { fullStream, usage } = streamText({ model: model(), prompt, tools, temperature: 0 });
    const kinds = new Set<string>();
    for await (const part of fullStream) kinds.add(part.type);
    expect([...kinds]).toEqual(
      expect.arrayContaining(['tool-input-delta', 'tool-call', 'tool-result', 'finish']),
    );
    expect(kinds.has('error')).toBe(false);
    expect((await usage).outputTokens).toBeGreaterThan(5);
  });
});

describe('the client of Mistral', () => {
  const client = () => new Mistral({ serverURL: server.url, apiKey: 'none' });
  const ask = {
    model: 'demo',
    messages: [{ role: 'user' as const, content: prompt }],
    tools: [weatherTool],
    temperature: 0,
  };

  it('gets a call of a tool', async () => {
    const { choices } = await client().chat.complete(ask);
    const [choice] = choices;
    expect(choice?.finishReason).toBe('tool_calls');
    const [call] = choice?.message?.toolCalls ?? [];
    expect(call?.function.name).toBe('get_weather');
    const { arguments: text } = call?.function ?? {};
    expect(JSON.parse(typeof text === 'string' ? text : '')).toEqual({ city: 'Paris' });
  });

  it('streams text', async () => {
    const stream = await client().chat.stream({
      model: 'demo',
      messages: [{ role: 'user', content: 'Hello!' }],
      maxTokens: 6,
      temperature: 0,
    });
    let text = '';
    let finish: unknown;
    for await (const { data } of stream) {
      const [choice] = data.choices;
      text += typeof choice?.delta.content === 'string' ? choice.delta.content : '';
      finish = choice?.finishReason ?? finish;
    }
    expect(text).not.toBe('');
    expect(finish).toBe('length');
  });

  it('streams a call', async () => {
    let name = '';
    let text = '';
    for await (const { data } of await client().chat.stream(ask)) {
      for (const { function: called } of data.choices[0]?.delta.toolCalls ?? []) {
        name += called.name;
        text += typeof called.arguments === 'string' ? called.arguments : '';
      }
    }
    expect(name).toBe('get_weather');
    expect(JSON.parse(text)).toEqual({ city: 'Paris' });
  });
});
