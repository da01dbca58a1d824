import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ImportanceCollector,
  meanSquares,
  mergeImportance,
  readImportanceMatrix,
  withChunkSize,
  type ImportanceMatrix,
} from '../src/index';
import { matrixOf, plainEntries } from './matrix';
import { throughForm } from './written';

async function golden(name: string): Promise<ImportanceMatrix> {
  return readImportanceMatrix(await readFile(new URL(`goldens/${name}`, import.meta.url)), name);
}

describe('mergeImportance', () => {
  it('merges legacy files as llama-imatrix of ik_llama.cpp does', async () => {
    const merged = mergeImportance([
      await golden('demo-10M-cut.imatrix.dat'),
      await golden('demo-10M-cut-second.imatrix.dat'),
    ]);
    const expected = await golden('demo-10M-cut-merged.imatrix.dat');
    expect([...merged.entries.keys()]).toEqual([...expected.entries.keys()]);
    for (const [name, entry] of expected.entries) {
      const own = merged.entries.get(name);
      expect(own?.counts).toEqual(entry.counts);
      // The peer adds and divides in float32.
      const differences = (own ? [...meanSquares(own)] : []).map(
        (mean, column) => mean / (meanSquares(entry)[column] ?? NaN) - 1,
      );
      expect(differences).toHaveLength(entry.sums.length);
      expect(Math.max(...differences.map(Math.abs))).toBeLessThan(3e-7);
    }
    expect(merged).toMatchObject({ chunkCount: 467, chunkSize: undefined, datasets: ['calib.txt'] });
  });

  it('keeps entries that one of them has, in the order in which they were met', () => {
    const merged = mergeImportance([
      matrixOf([
        { name: 'b', sums: [1], counts: [1] },
        { name: 'a', sums: [2], counts: [1] },
      ]),
      matrixOf([
        { name: 'c', sums: [3], counts: [1] },
        { name: 'a', sums: [4], counts: [3] },
      ]),
    ]);
    expect(plainEntries(merged)).toEqual([
      { name: 'b', sums: [1], counts: [1] },
      { name: 'a', sums: [6], counts: [4] },
      { name: 'c', sums: [3], counts: [1] },
    ]);
  });

  it('counts the chunks of a file that does not tell their size as chunks of the others', () => {
    const legacy = matrixOf([{ name: 'a', sums: [6], counts: [3] }], { chunkCount: 3 });
    const rows = matrixOf([{ name: 'a', sums: [1000], counts: [100] }], { chunkCount: 1, chunkSize: 100 });
    const merged = mergeImportance([legacy, rows]);
    expect(plainEntries(merged)).toEqual([{ name: 'a', sums: [1600], counts: [400] }]);
    expect(merged).toMatchObject({ chunkCount: 4, chunkSize: 100 });
  });

  it('counts chunks of another size in chunks of the first', () => {
    const small = matrixOf([{ name: 'a', sums: [1], counts: [512] }], { chunkCount: 1, chunkSize: 512 });
    const large = matrixOf([{ name: 'a', sums: [1], counts: [4096] }], { chunkCount: 2, chunkSize: 2048 });
    expect(mergeImportance([small, large])).toMatchObject({ chunkCount: 9, chunkSize: 512 });
    expect(mergeImportance([large, small])).toMatchObject({ chunkCount: 2, chunkSize: 2048 });
  });

  it('lets the lone count of a legacy file count for each expert', () => {
    const legacy = withChunkSize(matrixOf([{ name: 'a_exps', sums: [1, 2], counts: [1] }]), 10);
    const experts = matrixOf([{ name: 'a_exps', sums: [50, 0], counts: [5, 0] }], { chunkSize: 10 });
    const expected = [{ name: 'a_exps', sums: [60, 20], counts: [15, 10] }];
    expect(plainEntries(mergeImportance([legacy, experts]))).toEqual(expected);
    expect(plainEntries(mergeImportance([experts, legacy]))).toEqual(expected);
  });

  it.each([
    ['columns', [1, 2, 3], [1]],
    ['experts', [1, 2, 3, 4], [1, 1, 1, 1]],
  ])('refuses entries of different %s, by name', (_, sums, counts) => {
    const one = matrixOf([{ name: 'blk.0.a', sums: [1, 2, 3, 4], counts: [1, 1] }]);
    const other = matrixOf([{ name: 'blk.0.a', sums, counts }], { source: 'other.dat' });
    expect(() => mergeImportance([one, other])).toThrow(
      expect.objectContaining({
        code: 'wrong-length',
        message: expect.stringMatching(
          /other\.dat: tensor "blk\.0\.a".*allowed 2 experts of 2 columns/,
        ) as string,
      }),
    );
  });

  it('refuses to merge nothing', () => {
    expect(() => mergeImportance([])).toThrow(expect.objectContaining({ code: 'empty' }));
  });
});

describe('going on with an earlier run', () => {
  const batch = fc.record({
    name: fc.constantFrom('a', 'b'),
    sums: fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }),
    counts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 2 }),
  });

  it('gives what one run would have given, whatever the moment it stopped', async () => {
    const run = (batches: readonly { name: string; sums: number[]; counts: number[] }[]) => {
      const collector = new ImportanceCollector({ chunkSize: 8, dataset: 't' });
      for (const { name, sums, counts } of batches) {
        collector.record(name, { sums: Float64Array.from(sums), counts });
        collector.endChunk();
      }
      return collector.matrix();
    };
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 2, maxLength: 8 }), fc.nat(), async (batches, at) => {
        const stop = 1 + (at % (batches.length - 1));
        const saved = await throughForm(run(batches.slice(0, stop)), 'gguf');
        const resumed = mergeImportance([saved, run(batches.slice(stop))]);
        const whole = run(batches);
        const { chunkCount, chunkSize, datasets } = whole;
        expect(plainEntries(resumed)).toEqual(plainEntries(whole));
        expect(resumed).toMatchObject({ chunkCount, chunkSize, datasets });
      }),
    );
  });
});
