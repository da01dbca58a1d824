import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveDemo, type DemoServer } from './demo-engine';

let server: DemoServer;
let client: OpenAI;
beforeAll(async () => {
  server = await serveDemo({ contextLength: 4096, slots: 1, sampling: { temperature: 0 } });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
});
afterAll(() => server.close());

/** What pi 0.73.1 sends before anything is said: its instructions, its four tools, its options. No temperature. */
const request = JSON.parse(
  readFileSync(new URL('./pi-request.json', import.meta.url), 'utf8'),
) as OpenAI.ChatCompletionCreateParamsStreaming;

interface Turn {
  readonly message: OpenAI.ChatCompletionMessage;
  /** Tokens of the prompt that had to be read. */
  readonly read: number;
}

async function turn(messages: OpenAI.ChatCompletionMessageParam[]): Promise<Turn> {
  const stream = client.chat.completions.stream({ ...request, messages: [...request.messages, ...messages] });
  const { choices, usage } = await stream.finalChatCompletion();
  const message = choices[0]?.message;
  if (message === undefined || !usage) throw new Error('the answer is not whole');
  return { message, read: usage.prompt_tokens - (usage.prompt_tokens_details?.cached_tokens ?? 0) };
}

it.each([
  {
    task: 'Run ls in the current directory.',
    tool: 'bash',
    arguments: { command: 'ls' },
    result: 'notes.txt\npackage.json\n',
    answer: 'notes.txt\npackage.json',
  },
  {
    task: 'Read the file notes.txt and report what it says.',
    tool: 'read',
    arguments: { path: 'notes.txt' },
    result: 'The harbour opens at six.\n',
    answer: 'The harbour opens at six.',
  },
])('pi: $task', async ({ task, tool, arguments: given, result, answer }) => {
  const user: OpenAI.ChatCompletionMessageParam = { role: 'user', content: [{ type: 'text', text: task }] };
  const first = await turn([user]);
  const [call] = first.message.tool_calls ?? [];
  if (call?.type !== 'function') throw new Error('there is no call');
  expect(call.function.name).toBe(tool);
  expect(JSON.parse(call.function.arguments)).toEqual(given);
  // It writes the arguments again, without spaces, and leaves an empty content out.
  const compact = { ...call, function: { name: tool, arguments: JSON.stringify(given) } };
  const second = await turn([
    user,
    { role: 'assistant', content: null, tool_calls: [compact] },
    { role: 'tool', tool_call_id: call.id, content: result },
  ]);
  expect(second.message.content).toContain(answer);
  expect(second.read).toBeLessThan(64);
});
