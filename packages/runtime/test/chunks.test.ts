import { ImportanceCollector } from '@halftone/imatrix';
import { describe, expect, test } from 'vitest';
import { collectImportance, evaluateChunks, type Chunks } from '../src/index';
import { openTiny, logitsOf } from './open-tiny';
import { plainLogits } from './plain-model';
import { tinyShape, tinyTensors, type TinyShape } from './tiny-model';

/** Chunks of 8 tokens, the second half scored, each beginning with the token 1. */
function chunksOf(count: number): Chunks {
  return {
    contextLength: 8,
    count,
    firstScored: 4,
    tokens: (index) => Int32Array.from({ length: 8 }, (_, i) => (i === 0 ? 1 : (index * 13 + i * i) % 40)),
  };
}

describe('evaluateChunks', () => {
  test.each([
    ['one by one', { batchSize: 8 }],
    ['cut into runs', { batchSize: 3 }],
    ['two at once', { batchSize: 17 }],
    ['all at once', {}],
  ])('gives what each chunk read alone gives, in order: %s', async (_, options) => {
    const model = await openTiny();
    const chunks = chunksOf(5);
    const seen: number[][] = [];
    for await (const { chunk, place, logits } of evaluateChunks(model, chunks, {
      cacheFormat: 'f32',
      ...options,
    })) {
      seen.push([chunk, place]);
      expect(logits).toEqual(await logitsOf(model, [...chunks.tokens(chunk).subarray(0, place + 1)]));
    }
    expect(seen).toEqual([0, 1, 2, 3, 4].flatMap((chunk) => [4, 5, 6].map((place) => [chunk, place])));
  });

  test('two models are read in turn', async () => {
    const [first, second] = [await openTiny(), await openTiny(tinyShape({ architecture: 'mistral3' }))];
    const other = evaluateChunks(second, chunksOf(3));
    for await (const row of evaluateChunks(first, chunksOf(3))) {
      const { value } = await other.next();
      expect(value).toMatchObject({ chunk: row.chunk, place: row.place });
    }
    expect((await other.next()).done).toBe(true);
  });

  test('stops when it is told to', async () => {
    const model = await openTiny();
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const { chunk } of evaluateChunks(model, chunksOf(5), {
        batchSize: 8,
        signal: abort.signal,
      })) {
        expect(chunk).toBe(0);
        abort.abort(new Error('enough'));
      }
    };
    await expect(read()).rejects.toThrow('enough');
  });
});

describe('collectImportance', () => {
  const shapes: TinyShape[] = [
    tinyShape({ architecture: 'llama' }),
    tinyShape({
      architecture: 'qwen3moe',
      pairing: 'halves',
      headNorms: true,
      experts: { count: 12, used: 2, feedForward: 16 },
    }),
  ];

  test.each(shapes)('$architecture: the squares of what goes into each matrix', async (shape) => {
    const model = await openTiny(shape);
    const chunks = chunksOf(3);
    const collector = new ImportanceCollector({ chunkSize: chunks.contextLength });
    const done: number[] = [];
    for await (const count of collectImportance(model, chunks, collector, {
      output: true,
      cacheFormat: 'f32',
    })) {
      done.push(count);
    }
    expect(done).toEqual([1, 2, 3]);
    const expected = plainSums(shape, chunks);
    const { entries, chunkCount } = collector.matrix();
    expect(chunkCount).toBe(3);
    expect([...entries.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [name, { sums, counts }] of expected) {
      const entry = entries.get(name);
      expect([...(entry?.counts ?? [])]).toEqual(counts);
      sums.forEach((sum, i) =>
        expect(Math.abs((entry?.sums[i] ?? NaN) / (sum || 1) - (sum ? 1 : 0))).toBeLessThan(1e-4),
      );
    }
  });

  test('leaves out the output, and predicts beside, as it is asked to', async () => {
    const model = await openTiny();
    const chunks = chunksOf(2);
    const collector = new ImportanceCollector({ chunkSize: chunks.contextLength });
    const places: number[][] = [];
    const onLogits = ({ chunk, place }: { chunk: number; place: number }) => places.push([chunk, place]);
    const done: number[] = [];
    for await (const count of collectImportance(model, chunks, collector, { onLogits })) done.push(count);
    expect(done).toEqual([1, 2]);
    expect(collector.matrix().entries.has('output.weight')).toBe(false);
    expect(places).toEqual([0, 1].flatMap((chunk) => [4, 5, 6].map((place) => [chunk, place])));
  });
});

/** The same sums from the plain formulas. */
function plainSums(shape: TinyShape, chunks: Chunks): Map<string, { sums: number[]; counts: number[] }> {
  const all = new Map<string, { sums: number[]; counts: number[] }>();
  const tensors = tinyTensors(shape);
  for (let chunk = 0; chunk < chunks.count; chunk++) {
    plainLogits(shape, tensors, [...chunks.tokens(chunk)], {}, (name, input, expert) => {
      const experts = expert === undefined ? 1 : (shape.experts?.count ?? 0);
      const entry = all.get(name) ?? {
        sums: new Array<number>(experts * input.length).fill(0),
        counts: new Array<number>(experts).fill(0),
      };
      all.set(name, entry);
      const first = (expert ?? 0) * input.length;
      input.forEach((value, i) => (entry.sums[first + i] = (entry.sums[first + i] ?? 0) + value * value));
      entry.counts[expert ?? 0] = (entry.counts[expert ?? 0] ?? 0) + 1;
    });
  }
  return all;
}
