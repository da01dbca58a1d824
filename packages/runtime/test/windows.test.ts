import { ImportanceCollector } from '@halftone/imatrix';
import { describe, expect, test } from 'vitest';
import { collectImportance, evaluateWindows, type Windows } from '../src/index';
import { openTiny, logitsOf } from './open-tiny';
import { plainLogits } from './plain-model';
import { tinyShape, tinyTensors, type TinyShape } from './tiny-model';

/** Windows of 8 tokens, the second half scored, each beginning with the token 1. */
function windowsOf(count: number): Windows {
  return {
    context: 8,
    count,
    firstScored: 4,
    tokens: (index) => Int32Array.from({ length: 8 }, (_, i) => (i === 0 ? 1 : (index * 13 + i * i) % 40)),
  };
}

describe('evaluateWindows', () => {
  test.each([
    ['one by one', { batchSize: 8 }],
    ['cut into runs', { batchSize: 3 }],
    ['two at once', { batchSize: 17 }],
    ['all at once', {}],
  ])('gives what each window read alone gives, in order: %s', async (_, options) => {
    const model = await openTiny();
    const windows = windowsOf(5);
    const seen: number[][] = [];
    for await (const { window, place, logits } of evaluateWindows(model, windows, {
      cacheFormat: 'f32',
      ...options,
    })) {
      seen.push([window, place]);
      expect(logits).toEqual(await logitsOf(model, [...windows.tokens(window).subarray(0, place + 1)]));
    }
    expect(seen).toEqual([0, 1, 2, 3, 4].flatMap((window) => [4, 5, 6].map((place) => [window, place])));
  });

  test('two models are read in turn', async () => {
    const [first, second] = [await openTiny(), await openTiny(tinyShape({ architecture: 'mistral3' }))];
    const other = evaluateWindows(second, windowsOf(3));
    for await (const row of evaluateWindows(first, windowsOf(3))) {
      const { value } = await other.next();
      expect(value).toMatchObject({ window: row.window, place: row.place });
    }
    expect((await other.next()).done).toBe(true);
  });

  test('stops when it is told to', async () => {
    const model = await openTiny();
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const { window } of evaluateWindows(model, windowsOf(5), {
        batchSize: 8,
        signal: abort.signal,
      })) {
        expect(window).toBe(0);
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
    const windows = windowsOf(3);
    const collector = new ImportanceCollector({ chunkSize: windows.context });
    const done: number[] = [];
    for await (const count of collectImportance(model, windows, collector, {
      output: true,
      cacheFormat: 'f32',
    })) {
      done.push(count);
    }
    expect(done).toEqual([1, 2, 3]);
    const expected = plainSums(shape, windows);
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
    const windows = windowsOf(2);
    const collector = new ImportanceCollector({ chunkSize: windows.context });
    const places: number[][] = [];
    const onLogits = ({ window, place }: { window: number; place: number }) => places.push([window, place]);
    const done: number[] = [];
    for await (const count of collectImportance(model, windows, collector, { onLogits })) done.push(count);
    expect(done).toEqual([1, 2]);
    expect(collector.matrix().entries.has('output.weight')).toBe(false);
    expect(places).toEqual([0, 1].flatMap((window) => [4, 5, 6].map((place) => [window, place])));
  });
});

/** The same sums from the plain formulas. */
function plainSums(shape: TinyShape, windows: Windows): Map<string, { sums: number[]; counts: number[] }> {
  const all = new Map<string, { sums: number[]; counts: number[] }>();
  const tensors = tinyTensors(shape);
  for (let window = 0; window < windows.count; window++) {
    plainLogits(shape, tensors, [...windows.tokens(window)], {}, (name, input, expert) => {
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
