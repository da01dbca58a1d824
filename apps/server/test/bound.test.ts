import OpenAI from 'openai';
import { Ollama } from 'ollama';
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
const search = {
  type: 'function',
  function: {
    name: 'search_everything',
    parameters: {
      type: 'object',
      properties: {
        kind: { enum: ['book', 'film'] },
        count: { type: 'integer' },
        exact: { type: 'boolean' },
      },
      required: ['kind', 'count', 'exact'],
    },
  },
} as const;

interface SearchArguments {
  readonly kind: string;
  readonly count: number;
  readonly exact: boolean;
}

describe('calls of tools', () => {
  it('are none where there are no tools, though the model has learned to call', async () => {
    for (const content of ['Tell me about the sea', 'What is the weather in Paris?', 'List the files here']) {
      const answer = await client.chat.completions.create({
        model,
        messages: [{ role: 'user', content }],
        temperature: 0,
        max_tokens: 24,
      });
      expect(answer.choices[0]?.message.tool_calls ?? [], content).toEqual([]);
      expect(answer.choices[0]?.message.content, content).not.toBeNull();
    }
  });

  it('that have to come do come, with arguments by the schema, however hot the model runs', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const answer = await client.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'Hello! Tell me a story.' }],
        tools: [weatherTool, search],
        tool_choice: { type: 'function', function: { name: 'search_everything' } },
        parallel_tool_calls: false,
        temperature: 3,
        seed,
        max_tokens: 400,
      });
      const [choice] = answer.choices;
      expect(choice?.finish_reason).toBe('tool_calls');
      const calls = choice?.message.tool_calls ?? [];
      expect(calls).toHaveLength(1);
      const [call] = calls;
      if (call?.type !== 'function') throw new Error('there is no call');
      expect(call.function.name).toBe('search_everything');
      const { kind, count, exact, ...others } = JSON.parse(call.function.arguments) as SearchArguments;
      expect(['book', 'film']).toContain(kind);
      expect(Number.isInteger(count)).toBe(true);
      expect(typeof exact).toBe('boolean');
      expect(others).toEqual({});
    }
  });

  it('that are forbidden do not come, and the prompt stays as it was', async () => {
    const ask = {
      model,
      messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
      tools: [weatherTool],
      temperature: 0,
      max_tokens: 40,
    } satisfies OpenAI.ChatCompletionCreateParams;
    const called = await client.chat.completions.create(ask);
    expect(called.choices[0]?.finish_reason).toBe('tool_calls');
    const { choices, usage } = await client.chat.completions.create({ ...ask, tool_choice: 'none' });
    expect(choices[0]?.message.tool_calls).toBeUndefined();
    expect(usage?.prompt_tokens_details?.cached_tokens).toBe((usage?.prompt_tokens ?? 0) - 1);
  });

  it('of a tool that there is not are refused', async () => {
    const wrong = client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [weatherTool],
      tool_choice: { type: 'function', function: { name: 'other' } },
    });
    await expect(wrong).rejects.toMatchObject({ status: 400 });
  });
});

describe('answers in JSON', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string', maxLength: 20 },
      tags: { type: 'array', items: { type: 'string', maxLength: 5 }, maxItems: 3 },
    },
    required: ['name', 'tags'],
    additionalProperties: false,
  };

  it('are what the schema says', async () => {
    for (const seed of [1, 2, 3]) {
      const answer = await client.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'Describe a river.' }],
        response_format: { type: 'json_schema', json_schema: { name: 'river', schema } },
        temperature: 2,
        seed,
        max_tokens: 400,
      });
      expect(answer.choices[0]?.finish_reason).toBe('stop');
      const value = JSON.parse(answer.choices[0]?.message.content ?? '') as { name: string; tags: string[] };
      expect(Object.keys(value).sort()).toEqual(['name', 'tags']);
      expect(value.name.length).toBeLessThanOrEqual(20);
      expect(value.tags.length).toBeLessThanOrEqual(3);
    }
  });

  it('keep to patterns, formats and ranges, and to what may be said in the tokens that there are', async () => {
    const bound = {
      type: 'object',
      properties: {
        code: { type: 'string', pattern: '^[A-Z]{2}-\\d{3}$' },
        day: { type: 'string', format: 'date' },
        level: { type: 'integer', minimum: 17, maximum: 23 },
        share: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
      },
      required: ['code', 'day', 'level', 'share'],
    };
    for (const seed of [1, 2, 3]) {
      const answer = await client.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'Describe a river.' }],
        response_format: { type: 'json_schema', json_schema: { name: 'river', schema: bound } },
        temperature: 3,
        seed,
        max_tokens: 400,
      });
      const { code, day, level, share } = JSON.parse(answer.choices[0]?.message.content ?? '') as {
        readonly code: string;
        readonly day: string;
        readonly level: number;
        readonly share: number;
      };
      expect(code).toMatch(/^[A-Z]{2}-\d{3}$/);
      expect(new Date(day).toISOString()).toContain(day);
      expect([17, 18, 19, 20, 21, 22, 23]).toContain(level);
      expect(share > 0 && share <= 1).toBe(true);
    }
  });

  it('of schemas that cannot be followed are refused, with what is wrong', async () => {
    const refused = client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Hi' }],
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { pattern: 'a(?=b)' } } },
    });
    await expect(refused).rejects.toMatchObject({ status: 400 });
    await expect(refused).rejects.toThrow(/the pattern "a\(\?=b\)".*looking ahead/);
  });

  it('come through the other doors too', async () => {
    const response = await client.responses.create({
      model,
      input: 'Describe a river.',
      text: { format: { type: 'json_schema', name: 'river', schema } },
      max_output_tokens: 400,
    });
    expect(Object.keys(JSON.parse(response.output_text) as object).sort()).toEqual(['name', 'tags']);
    const ollama = new Ollama({ host: server.url });
    const messages = [{ role: 'user', content: 'Describe a river.' }];
    const { message } = await ollama.chat({ model, messages, format: schema, options: { num_predict: 400 } });
    expect(Object.keys(JSON.parse(message.content) as object).sort()).toEqual(['name', 'tags']);
  });

  it('of schemas that recurse or would explode are no matter', async () => {
    const nested = { type: 'object', properties: { next: { $ref: '#' } } };
    const wide = {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 400 }, (_, index) => [`p${index}`, { anyOf: [nested, {}] }]),
      ),
    };
    for (const one of [nested, wide, { type: 'string', pattern: '(a+)+$', maxLength: 5 }]) {
      const response = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({
          messages: [{ role: 'user', content: 'Hi' }],
          response_format: { type: 'json_schema', json_schema: { name: 'x', schema: one } },
          max_tokens: 30,
        }),
      });
      const { choices } = (await response.json()) as OpenAI.ChatCompletion;
      const value = JSON.parse(choices[0]?.message.content ?? '') as unknown;
      expect([response.status, typeof value]).toEqual([200, one.type]);
    }
  });
});

describe('schemas that would grow without end', () => {
  /** Choices of three lists of the next such choice, none like another. */
  const definitions = Object.fromEntries(
    Array.from({ length: 40 }, (_, level) => [
      `s${level}`,
      {
        anyOf: [0, 1, 2].map((place) => ({
          type: 'array',
          items: { $ref: `#/$defs/s${level + 1}` },
          maxItems: 9 + place,
        })),
      },
    ]),
  );

  it.each<[string, Record<string, unknown>]>([
    ['choices of choices', { $ref: '#/$defs/s0', $defs: definitions }],
    ['many values', { enum: Array.from({ length: 50_000 }, (_, place) => `value ${place}`) }],
    ['lists that never end', { type: 'array', minItems: 1e9, items: { type: 'integer' } }],
  ])('let others have their answers: %s', async (_, schema) => {
    const bound = client.chat.completions
      .create({
        model,
        messages: [{ role: 'user', content: 'Hi' }],
        temperature: 0,
        max_tokens: 32,
        response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
      })
      .then(
        () => 200,
        (error: unknown) => (error instanceof OpenAI.APIError ? Number(error.status) : error),
      );
    const other = await client.completions.create({ model, prompt: 'Once', max_tokens: 3 });
    expect(other.choices[0]?.text).not.toBe('');
    expect([200, 400]).toContain(await bound);
  });
});
