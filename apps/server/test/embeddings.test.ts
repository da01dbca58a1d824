import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embed, embedMany } from 'ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import goldens from './goldens/embeddings.json' with { type: 'json' };
import { serveDemo, type DemoServer } from './demo-engine';

/** Cosine of the angle to what the other program gives: both round differently. */
const LEAST_COSINE = 0.999;

/** Numbers of a vector. */
const LENGTH = 256;

const { texts } = goldens;
let server: DemoServer;
let client: OpenAI;
beforeAll(async () => {
  server = await serveDemo({ contextLength: 1024 });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none' });
});
afterAll(() => server.close());

const post = (path: string, body: unknown, url = server.url) =>
  fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, index) => sum + value * (b[index] ?? NaN), 0);
}

/** Of vectors whose length is 1. */
function expectSame(found: readonly ArrayLike<number>[], expected: readonly ArrayLike<number>[]): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((vector, index) => {
    expect(dot(vector, vector)).toBeCloseTo(1, 5);
    expect(dot(vector, expected[index] ?? [])).toBeGreaterThan(LEAST_COSINE);
  });
}

function golden(pooling: 'mean' | 'cls' | 'last'): Float32Array[] {
  return goldens.vectors[pooling].map((text) => {
    const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
    return new Float32Array(bytes.buffer);
  });
}

describe('vectors of texts', () => {
  it.each(['mean', 'cls', 'last'] as const)('pooled by %s are those of ik_llama.cpp', async (pooling) => {
    const other = await serveDemo({ contextLength: 1024, pooling });
    try {
      const answer = await post('/v1/embeddings', { input: texts }, other.url);
      const { data, usage } = (await answer.json()) as OpenAI.CreateEmbeddingResponse;
      expectSame(
        data.map(({ embedding }) => embedding),
        golden(pooling),
      );
      expect(usage).toEqual({ prompt_tokens: goldens.tokens, total_tokens: goldens.tokens });
    } finally {
      await other.close();
    }
  });

  it('of each token where there is no pooling, which only the doors of llama.cpp have', async () => {
    const other = await serveDemo({ contextLength: 1024, pooling: 'none' });
    try {
      const answer = await post('/embedding', { content: texts }, other.url);
      const found = (await answer.json()) as { index: number; embedding: number[][] }[];
      expect(found.map(({ index, embedding }) => [index, embedding.length])).toEqual([
        [0, 10],
        [1, 15],
      ]);
      const last = found[1]?.embedding.at(-1) ?? [];
      expect(dot(last, golden('last')[1] ?? []) / Math.sqrt(dot(last, last))).toBeGreaterThan(LEAST_COSINE);
      for (const path of ['/v1/embeddings', '/api/embed']) {
        const refused = await post(path, { model: 'm', input: 'x' }, other.url);
        expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('/embeddings')]);
      }
    } finally {
      await other.close();
    }
  });

  it('the client of OpenAI gets them, as base64 and as numbers', async () => {
    const { data, model } = await client.embeddings.create({ model: 'any', input: texts });
    expect(model).toBe('any');
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    expectSame(
      data.map(({ embedding }) => embedding),
      golden('mean'),
    );
    const numbers = await client.embeddings.create({ model: 'any', input: texts, encoding_format: 'float' });
    expect(numbers.data).toEqual(data);
  });

  it('a text in tokens is that text', async () => {
    const response = await post('/tokenize', { content: texts[0], add_special: true });
    const { tokens } = (await response.json()) as { tokens: number[] };
    const input = [tokens, tokens];
    const several = await client.embeddings.create({ model: 'any', input });
    const one = await client.embeddings.create({ model: 'any', input: tokens, dimensions: LENGTH });
    expect(several.data.map(({ embedding }) => embedding)).toEqual([
      one.data[0]?.embedding,
      one.data[0]?.embedding,
    ]);
    expectSame([one.data[0]?.embedding ?? []], golden('mean').slice(0, 1));
  });

  it("Vercel's AI SDK gets them", async () => {
    const provider = createOpenAICompatible({ name: 'halftone', baseURL: `${server.url}/v1` });
    const model = provider.textEmbeddingModel('any');
    const { embeddings, usage } = await embedMany({ model, values: texts });
    expectSame(embeddings, golden('mean'));
    expect(usage.tokens).toBe(goldens.tokens);
    expectSame([(await embed({ model, value: texts[1] ?? '' })).embedding], golden('mean').slice(1));
  });

  it('the client of Ollama gets them', async () => {
    const ollama = new Ollama({ host: server.url });
    const { embeddings, prompt_eval_count: tokens } = await ollama.embed({ model: 'demo', input: texts });
    expectSame(embeddings, golden('mean'));
    expect(tokens).toBe(goldens.tokens);
    const { embedding } = await ollama.embeddings({ model: 'demo', prompt: texts[0] ?? '' });
    const length = Math.sqrt(dot(embedding, embedding));
    expect(Math.abs(length - 1)).toBeGreaterThan(0.1);
    expectSame([embedding.map((value) => value / length)], golden('mean').slice(0, 1));
  });

  it('a text that is too long is refused, or cut where the client says so', async () => {
    const input = 'The sea is deep. '.repeat(400);
    const refused = await post('/v1/embeddings', { input });
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { error: { code: 'context_length_exceeded' } },
    ]);
    const cut = await post('/api/embed', { model: 'demo', input });
    expect(await cut.json()).toMatchObject({ prompt_eval_count: 511 });
    expect((await post('/api/embed', { model: 'demo', input, truncate: false })).status).toBe(400);
  });

  it.each([
    [{ input: 'x', dimensions: 64 }, /^dimensions: found 64, allowed 256 /],
    [{ input: [] }, /input/],
    [{ input: [[]] }, /input/],
    [{ input: 'x', encoding_format: 'hex' }, /encoding_format/],
    [{ input: [1e6] }, /vocabulary/],
    [{}, /input/],
  ])('%j is refused with a reason', async (body, reason) => {
    const response = await post('/v1/embeddings', body);
    const { error } = (await response.json()) as { error: { message: string } };
    expect([response.status, error.message]).toEqual([400, expect.stringMatching(reason)]);
  });

  it('many texts fill no queue, hold up no conversation, and leave nothing in the cache', async () => {
    const narrow = await serveDemo({ contextLength: 512, maxWaiting: 3 });
    try {
      const input = Array.from({ length: 64 }, (_, index) => `The ${index}th text about the sea.`);
      const [embedded, written] = await Promise.all([
        post('/v1/embeddings', { input }, narrow.url),
        post('/v1/completions', { prompt: 'Once', max_tokens: 2 }, narrow.url),
      ]);
      expect([embedded.status, written.status]).toEqual([200, 200]);
      const { slots, keptConversations } = await narrow.engine.status();
      expect([slots, keptConversations]).toEqual([[], 1]);
    } finally {
      await narrow.close();
    }
  });

  it('a client that goes away frees its slot', async () => {
    const controller = new AbortController();
    const input = Array.from({ length: 2048 }, () => 'A long text. '.repeat(30));
    const asked = fetch(`${server.url}/v1/embeddings`, {
      method: 'POST',
      body: JSON.stringify({ input }),
      signal: controller.signal,
    });
    await expect.poll(async () => (await server.engine.status()).slots.length).toBeGreaterThan(0);
    controller.abort();
    await expect(asked).rejects.toThrow(/abort/i);
    await expect.poll(async () => (await server.engine.status()).slots.length).toBe(0);
  });
});
