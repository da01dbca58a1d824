import {
  HumanMessage,
  type AIMessageChunk,
  type ToolMessage,
  type UsageMetadata,
} from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serveDemo, type DemoServer } from './demo-engine';

let server: DemoServer;
beforeAll(async () => {
  server = await serveDemo({ sampling: { temperature: 0 } });
});
afterAll(() => server.close());

const question = 'What is the weather in Paris?';
const description = 'Get the current weather of a city.';
const report = 'It is 21 degrees and sunny in Paris.';

/** An MCP server with one tool, and a client of it. What the tool was asked for stands in `asked`. */
async function weatherHost(asked: unknown[]): Promise<Client> {
  const mcp = new McpServer({ name: 'weather', version: '1.0.0' });
  mcp.registerTool('get_weather', { description, inputSchema: { city: z.string() } }, (input) => {
    asked.push(input);
    return { content: [{ type: 'text', text: report }] };
  });
  const host = new Client({ name: 'host', version: '1.0.0' });
  const [hostSide, serverSide] = InMemoryTransport.createLinkedPair();
  await Promise.all([mcp.connect(serverSide), host.connect(hostSide)]);
  return host;
}

describe('a host of MCP servers', () => {
  it('gives the tools of a server to the model, runs its call, and sends the result back', async () => {
    const asked: unknown[] = [];
    const host = await weatherHost(asked);
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
    const { tools: offered } = await host.listTools();
    const tools = offered.map(({ name, description: told, inputSchema: parameters }) => ({
      type: 'function' as const,
      function: { name, ...(told === undefined ? {} : { description: told }), parameters },
    }));
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }];
    const first = await client.chat.completions.create({ model: 'demo', messages, tools });
    const [choice] = first.choices;
    const [call] = choice?.message.tool_calls ?? [];
    if (choice === undefined || call?.type !== 'function') throw new Error('there is no call');
    const { content } = await host.callTool({
      name: call.function.name,
      arguments: JSON.parse(call.function.arguments) as Record<string, unknown>,
    });
    expect(asked).toEqual([{ city: 'Paris' }]);
    // The parts of an MCP result are parts of a message: text is text.
    const result = content as OpenAI.ChatCompletionContentPartText[];
    messages.push(choice.message, { role: 'tool', tool_call_id: call.id, content: result });
    const last = await client.chat.completions.create({ model: 'demo', messages, tools });
    expect(last.choices[0]?.finish_reason).toBe('stop');
    expect(last.choices[0]?.message.content).toContain('21');
    const { prompt_tokens: read = 0, prompt_tokens_details: details } = last.usage ?? {};
    expect(read - (details?.cached_tokens ?? 0)).toBeLessThan(64);
    await host.close();
  });
});

describe('LangChain', () => {
  const weather = tool(() => report, {
    name: 'get_weather',
    description,
    schema: z.object({ city: z.string() }),
  });
  const model = () =>
    new ChatOpenAI({
      model: 'demo',
      apiKey: 'none',
      streamUsage: true,
      maxRetries: 0,
      configuration: { baseURL: `${server.url}/v1` },
    });

  /** The tokens of an answer: the types of LangChain's own classes lose them. */
  const usageOf = ({ usage_metadata: usage }: { usage_metadata?: UsageMetadata | undefined }) => usage;

  it('runs a tool that is bound, and goes on with its result', async () => {
    const bound = model().bindTools([weather]);
    const user = new HumanMessage(question);
    const first = await bound.invoke([user]);
    const [call] = first.tool_calls ?? [];
    expect(call).toMatchObject({ name: 'get_weather', args: { city: 'Paris' } });
    if (call === undefined) throw new Error('there is no call');
    const result: ToolMessage = await weather.invoke({ ...call, type: 'tool_call' });
    const last = await bound.invoke([user, first, result]);
    expect(last.tool_calls).toEqual([]);
    expect(last.text).toContain('21');
    expect(usageOf(last)?.input_token_details?.cache_read).toBeGreaterThan(20);
  });

  it('streams calls, and text with the tokens that were used', async () => {
    let call: AIMessageChunk | undefined;
    for await (const chunk of await model().bindTools([weather]).stream(question)) {
      call = call === undefined ? chunk : call.concat(chunk);
    }
    expect(call?.tool_calls).toMatchObject([{ name: 'get_weather', args: { city: 'Paris' } }]);
    const pieces: string[] = [];
    let used = 0;
    for await (const chunk of await model().stream('Hello!', { options: {} })) {
      if (chunk.text !== '') pieces.push(chunk.text);
      used += usageOf(chunk)?.output_tokens ?? 0;
    }
    expect(pieces.length).toBeGreaterThan(1);
    expect(used).toBeGreaterThanOrEqual(pieces.length);
  });

  it('asks for an answer by a schema', async () => {
    const river = z.object({ name: z.string().max(20), length: z.number().int() });
    const answer = await model()
      .withStructuredOutput(river, { name: 'river', method: 'jsonSchema' })
      .invoke('Describe a river.');
    expect(river.safeParse(answer).success).toBe(true);
  });
});
