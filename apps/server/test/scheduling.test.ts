import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from '../src/engine/fair-queue';
import { Logprobs } from '../src/engine/logprobs';
import { serveDemo } from './demo-engine';

describe('the queue', () => {
  it('lets clients take turns, whoever sends more', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.add(item.charAt(0), item);
    const taken = Array.from({ length: 6 }, () => queue.take());
    expect(taken).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(queue.take()).toBeUndefined();
  });

  it('keeps the order of each client and loses nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat())), (items) => {
        const queue = new FairQueue<readonly [string, number]>();
        for (const item of items) queue.add(item[0], item);
        expect(queue.length).toBe(items.length);
        const taken = items.map(() => queue.take());
        for (const client of ['a', 'b', 'c']) {
          expect(taken.filter((item) => item?.[0] === client)).toEqual(
            items.filter(([one]) => one === client),
          );
        }
      }),
    );
  });
});

describe('log-probabilities', () => {
  it('are those of softmax', () => {
    const logprobs = new Logprobs(Float32Array.of(1, 3, 2, 3));
    const sum = Math.exp(1) + 2 * Math.exp(3) + Math.exp(2);
    expect(logprobs.of(2)).toBeCloseTo(2 - Math.log(sum), 6);
    expect(logprobs.top(3)).toEqual([1, 3, 2]);
  });
});

describe('many requests', () => {
  it('get what each would get alone', async () => {
    const server = await serveDemo({ slots: 3, contextLength: 3072 });
    try {
      const ask = async (prompt: string): Promise<string> => {
        const body = JSON.stringify({ prompt, max_tokens: 16, temperature: 0, cache_prompt: false });
        const response = await fetch(`${server.url}/v1/completions`, { method: 'POST', body });
        return ((await response.json()) as { choices: { text: string }[] }).choices[0]?.text ?? '';
      };
      const prompts = ['The river', 'A function', 'In the year', 'Water is', 'My name', 'The sun'];
      const alone: string[] = [];
      for (const prompt of prompts) alone.push(await ask(prompt));
      expect(await Promise.all(prompts.map(ask))).toEqual(alone);
    } finally {
      await server.close();
    }
  });

  it('are refused when too many wait', async () => {
    const server = await serveDemo({ slots: 1, contextLength: 1024, maxWaiting: 1 });
    try {
      const body = JSON.stringify({ prompt: 'Once', max_tokens: 200, logit_bias: { 2: -100 } });
      const ask = () => fetch(`${server.url}/v1/completions`, { method: 'POST', body });
      const responses = await Promise.all([ask(), ask(), ask(), ask(), ask()]);
      // One has the slot, one waits, and no more.
      expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429, 429]);
      for (const { status, headers } of responses) {
        expect(headers.get('retry-after')).toEqual(
          status === 429 ? (expect.stringMatching(/^\d+$/) as string) : null,
        );
      }
    } finally {
      await server.close();
    }
  });
});
