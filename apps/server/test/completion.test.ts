import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, type DemoServer } from './demo-engine';

let server: DemoServer;
beforeAll(async () => {
  server = await serveDemo({ slots: 1, contextLength: 256, sampling: { temperature: 0 } });
});
afterAll(() => server.close());

type Answer = Record<string, unknown> & { readonly content: string };

const post = (path: string, body: object) =>
  fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body) });

async function complete(body: object, path = '/completion'): Promise<Answer> {
  const response = await post(path, body);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

async function streamed(body: object): Promise<readonly Answer[]> {
  const response = await post('/completion', { ...body, stream: true });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const messages = (await response.text()).split('\n\n').filter((message) => message !== '');
  return messages.map((message) => JSON.parse(message.replace(/^data: /, '')) as Answer);
}

const prompt = 'Once upon a time';

describe('the door of completions that llama.cpp has', () => {
  it('gives the text that the one of OpenAI gives, and how it ended', async () => {
    const asked = await post('/v1/completions', { prompt, max_tokens: 8 });
    const { choices, usage } = (await asked.json()) as {
      choices: { text: string }[];
      usage: { prompt_tokens: number };
    };
    for (const path of ['/completion', '/completions']) {
      const answer = await complete({ prompt, n_predict: 8, cache_prompt: false }, path);
      expect(answer).toMatchObject({
        index: 0,
        content: choices[0]?.text,
        tokens: [],
        stop: true,
        tokens_predicted: 8,
        tokens_evaluated: usage.prompt_tokens,
        tokens_cached: 0,
        truncated: false,
        stop_type: 'limit',
        stopping_word: '',
        stopped_eos: false,
        stopped_word: false,
        stopped_limit: true,
        timings: { prompt_n: usage.prompt_tokens, predicted_n: 8 },
      });
      expect(answer).not.toHaveProperty('completion_probabilities');
    }
    const again = await complete({ prompt, n_predict: 1 });
    expect(again['tokens_cached']).toBe(usage.prompt_tokens - 1);
  });

  it('streams it in pieces, the last of which tells the end', async () => {
    const { content, timings, ...whole } = await complete({ prompt, n_predict: 8, cache_prompt: false });
    const pieces = await streamed({ prompt, n_predict: 8, cache_prompt: false });
    expect(pieces.map(({ stop }) => stop)).toEqual([...pieces.slice(1).map(() => false), true]);
    expect(pieces.map((piece) => piece.content).join('')).toBe(content);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.at(-1)).toMatchObject({ ...whole, content: '' });
    expect(Object.keys(pieces.at(-1)?.['timings'] as object)).toEqual(Object.keys(timings as object));
  });

  it('ends at a word, at the end of the text, and where the context is full', async () => {
    const { content } = await complete({ prompt, n_predict: 8 });
    const word = content.trim().split(' ').at(-1) ?? '';
    const stopped = await complete({ prompt, n_predict: 20, stop: [word] });
    expect(stopped).toMatchObject({ stop_type: 'word', stopping_word: word, stopped_word: true });
    expect(stopped.content).toBe(content.slice(0, content.indexOf(word)));
    const ended = await complete({ prompt, n_predict: 20, grammar: 'root ::= "yes"' });
    expect(ended).toMatchObject({ content: 'yes', stop_type: 'eos', stopped_eos: true });
    const full = await complete({ prompt, n_predict: -1, logit_bias: { 2: -100 } });
    expect(full).toMatchObject({ stop_type: 'limit', truncated: true });
  });

  it('takes tokens, and tells tokens with their probabilities', async () => {
    const { tokens } = (await (await post('/tokenize', { content: prompt, add_special: true })).json()) as {
      tokens: number[];
    };
    const told = await complete({ prompt: tokens, n_predict: 3, n_probs: 2 });
    expect(told.content).toBe((await complete({ prompt, n_predict: 3 })).content);
    const probabilities = told['completion_probabilities'] as {
      id: number;
      token: string;
      logprob: number;
      top_logprobs: { id: number; logprob: number }[];
    }[];
    expect(probabilities.map(({ token }) => token).join('')).toBe(told.content);
    for (const { id, logprob, top_logprobs: top } of probabilities) {
      expect(top).toHaveLength(2);
      // The likeliest is what was taken.
      expect(top[0]).toMatchObject({ id, logprob });
    }
  });

  it('binds the text to a schema', async () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    const { content } = await complete({ prompt, n_predict: 40, json_schema: schema });
    expect(Object.keys(JSON.parse(content) as object)).toEqual(['n']);
  });

  it.each([
    ['prompt', {}],
    ['prompt.0', { prompt: ['a', 'b'] }],
    ['n_predict', { prompt, n_predict: -2 }],
    ['id_slot', { prompt, id_slot: 0 }],
    ['return_tokens', { prompt, return_tokens: true }],
    ['json_schema', { prompt, json_schema: { $ref: '#/nowhere' } }],
    ['json_schema', { prompt, json_schema: {}, grammar: 'root ::= "a"' }],
  ])('refuses by name: %s', async (param, body) => {
    const response = await post('/completion', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param } });
  });
});
