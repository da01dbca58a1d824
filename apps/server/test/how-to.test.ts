import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExample } from '../../../tools/readme-example';
import { serveDemo, type DemoServer } from './demo-engine';

const page = await readFile(new URL('../../../docs/how-to/serve.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^## ([^\n]+)(?:(?!^## ).)*?```ts\n(.*?)```/gms)].map(
  ([, title = '', example = '']) => ({ title, example }),
);

/** What an example prints when the model takes the likeliest tokens: something that is the same for ever, or what it answers to `Hello!`. */
const printed: Readonly<Record<string, RegExp | 'answer'>> = {
  "OpenAI's client": /name: 'get_weather', arguments: '\{"city": "Paris"\}'/,
  "Vercel's AI SDK": 'answer',
  "Anthropic's client": /type: 'text',\s+text: ['"`]\w/,
  "Mistral's client": 'answer',
  "Ollama's client": 'answer',
  LangChain: 'answer',
  'Tools of MCP servers': /21/,
};

/** An MCP server over stdio, with one tool. */
const weatherServer = `
  import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
  import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
  import { z } from 'zod';

  const server = new McpServer({ name: 'weather', version: '1.0.0' });
  const tool = { description: 'Get the current weather of a city.', inputSchema: { city: z.string() } };
  server.registerTool('get_weather', tool, ({ city }) => ({
    content: [{ type: 'text', text: 'It is 21 degrees and sunny in ' + city + '.' }],
  }));
  await server.connect(new StdioServerTransport());
`;

/** What starts it, instead of the program that the page names. */
const startWeatherServer = JSON.stringify({
  command: process.execPath,
  args: ['--input-type=module', '--eval', weatherServer],
});

let server: DemoServer;
/** What the model answers to `Hello!`, by no client. */
let answer: string;
beforeAll(async () => {
  server = await serveDemo({ sampling: { temperature: 0 }, contextLength: 1024 });
  const body = JSON.stringify({ messages: [{ role: 'user', content: 'Hello!' }] });
  const response = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body });
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  answer = choices[0]?.message.content ?? '';
});
afterAll(() => server.close());

describe('how to serve a model', () => {
  it('has an example for each of these clients', () => {
    expect(examples.map(({ title }) => title)).toEqual(Object.keys(printed));
  });

  it.each(examples)('$title: the example runs', async ({ title, example }) => {
    const here = example
      .replace('http://127.0.0.1:8080', server.url)
      .replace("{ command: 'my-mcp-server' }", startWeatherServer);
    const told = await runExample(here, new URL('..', import.meta.url));
    const expected = printed[title];
    if (expected instanceof RegExp) expect(told).toMatch(expected);
    else {
      expect(answer).toMatch(/\w/);
      expect(told.trimEnd()).toBe(answer.trimEnd());
    }
  });
});
