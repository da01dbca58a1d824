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

const messages = [{ role: 'user' as const, content: 'Describe a river.' }];

/** An answer to a body with fields that only some servers have. */
async function ask(fields: object): Promise<OpenAI.ChatCompletion.Choice> {
  const body = { model: 'demo', messages, max_tokens: 60, temperature: 2, ...fields };
  const { choices } = await client.chat.completions.create(
    body as OpenAI.ChatCompletionCreateParamsNonStreaming,
  );
  const [choice] = choices;
  if (choice === undefined) throw new Error('there is no answer');
  return choice;
}

describe('an answer whose form is bound', () => {
  it('is what a grammar says', async () => {
    const grammar = 'root ::= ("yes" | "no") " because " [a-z ]{3,12} "."';
    for (const seed of [1, 2, 3]) {
      const { message, finish_reason: reason } = await ask({ grammar, seed });
      expect(message.content).toMatch(/^(yes|no) because [a-z ]{3,12}\.$/);
      expect(reason).toBe('stop');
    }
  });

  it('is what a regular expression matches', async () => {
    const { message } = await ask({ guided_regex: String.raw`\d{4}-(0[1-9]|1[0-2])` });
    expect(message.content).toMatch(/^\d{4}-(0[1-9]|1[0-2])$/);
    const { choices } = await client.completions.create({
      model: 'demo',
      prompt: 'The answer is',
      max_tokens: 20,
      ...{ guided_regex: ' (red|green)' },
    });
    expect(choices[0]?.text).toMatch(/^ (red|green)$/);
  });

  it.each([
    { grammar: 'root ::= root "a"' },
    { grammar: 'nonsense' },
    { grammar: `root ::= "a"${'*'.repeat(1000)}` },
    { guided_regex: '(?=a)' },
    { guided_regex: '(' },
    { guided_regex: 'a', grammar: 'root ::= "a"' },
    { guided_regex: 'a', response_format: { type: 'json_object' } },
    { guided_regex: 'a', tools: [weatherTool] },
  ])('is refused with a reason: %j', async (fields) => {
    await expect(ask(fields)).rejects.toMatchObject({ status: 400 });
  });
});

describe('JSON that the limit cuts', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 3 },
      depth: { type: 'number' },
      parts: {
        type: 'array',
        items: { type: 'object', properties: { at: { type: 'integer' } }, required: ['at'] },
      },
    },
    required: ['name', 'depth', 'parts'],
  };

  it('is closed to what the schema says, wherever that is', async () => {
    const reasons = new Set<string>();
    for (const limit of [1, 2, 3, 5, 8, 13, 21]) {
      const { message, finish_reason: reason } = await ask({
        response_format: { type: 'json_schema', json_schema: { name: 'river', schema } },
        max_tokens: limit,
        seed: limit,
      });
      const value = JSON.parse(message.content ?? '') as Record<string, unknown>;
      expect(Object.keys(value).sort()).toEqual(['depth', 'name', 'parts']);
      reasons.add(reason);
    }
    expect(reasons).toContain('length');
  });

  it('is closed behind its last whole character where the cut falls within one', async () => {
    for (let limit = 1; limit <= 8; limit++) {
      const { message } = await ask({
        response_format: { type: 'json_schema', json_schema: { name: 'signs', schema: { enum: ['🜁🜂'] } } },
        max_tokens: limit,
        seed: limit,
      });
      // However a model spells them, the signs are what the schema says.
      expect(JSON.parse(message.content ?? ''), `${limit} tokens`).toBe('🜁🜂');
    }
  });

  it('is closed in the arguments of a call too, streamed or not', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'describe', parameters: schema } }];
    const forced = { tools, tool_choice: { type: 'function' as const, function: { name: 'describe' } } };
    for (const limit of [10, 14, 20]) {
      const { message, finish_reason: reason } = await ask({ ...forced, max_tokens: limit, seed: limit });
      expect(reason).toBe('length');
      const [call] = message.tool_calls ?? [];
      if (call?.type !== 'function') throw new Error('there is no call');
      const value = JSON.parse(call.function.arguments) as object;
      expect(Object.keys(value).sort()).toEqual(['depth', 'name', 'parts']);
    }
    let text = '';
    const stream = await client.chat.completions.create({
      model: 'demo',
      messages,
      max_tokens: 14,
      seed: 3,
      stream: true,
      ...forced,
    });
    for await (const { choices } of stream)
      text += choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? '';
    expect(Object.keys(JSON.parse(text) as object).sort()).toEqual(['depth', 'name', 'parts']);
  });
});
