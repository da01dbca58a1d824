import { Ollama } from 'ollama';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, weatherTool, type DemoServer } from './demo-engine';

let server: DemoServer;
let client: Ollama;
beforeAll(async () => {
  server = await serveDemo();
  client = new Ollama({ host: server.url });
});
afterAll(() => server.close());

const model = 'demo';
const tools = [
  {
    ...weatherTool,
    function: {
      ...weatherTool.function,
      parameters: { ...weatherTool.function.parameters, required: ['city'] },
    },
  },
];

describe('the client of Ollama', () => {
  it('gets a call of a tool', async () => {
    const messages = [{ role: 'user', content: 'What is the weather in Paris?' }];
    const { message, done } = await client.chat({ model, messages, tools, options: { temperature: 0 } });
    expect(done).toBe(true);
    expect(message.tool_calls).toEqual([{ function: { name: 'get_weather', arguments: { city: 'Paris' } } }]);
    const chunks = [];
    const stream = await client.chat({ model, messages, tools, options: { temperature: 0 }, stream: true });
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.flatMap((chunk) => chunk.message.tool_calls ?? [])).toEqual(message.tool_calls);
    expect(chunks.map((chunk) => chunk.done)).toEqual([...chunks.slice(1).map(() => false), true]);
  });

  it('streams text and its figures', async () => {
    const options = { temperature: 0, num_predict: 6 };
    const whole = await client.generate({ model, prompt: 'Hello!', options });
    let text = '';
    let count = 0;
    for await (const chunk of await client.generate({ model, prompt: 'Hello!', options, stream: true })) {
      text += chunk.response ?? '';
      if (chunk.done) count = chunk.eval_count;
    }
    expect(text).toBe(whole.response);
    expect(count).toBe(6);
    expect(whole.done_reason).toBe('length');
  });

  it('finds the model', async () => {
    const { models } = await client.list();
    expect(models.map(({ name }) => name)).toEqual(['demo-10M-BF16.gguf']);
    expect((await client.show({ model })).capabilities).toEqual(['completion', 'tools']);
  });

  it('is told what is wrong', async () => {
    await expect(client.generate({ model, prompt: '' })).rejects.toThrow(/prompt/);
  });

  it('is told the model that is loaded', async () => {
    const { models } = await client.ps();
    const [known] = (await client.list()).models;
    expect(models).toMatchObject([{ name: known?.name, size: known?.size, context_length: 4096 }]);
    expect(new Date(String(models[0]?.expires_at)).getTime()).toBeGreaterThan(Date.now());
    expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
