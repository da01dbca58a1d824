import { readFile } from 'node:fs/promises';
import { MemorySink } from '@halftone/gguf-io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  meanSquares,
  readImportanceMatrix,
  withChunkSize,
  writeImportanceMatrix,
  type ImatrixErrorCode,
  type ImatrixForm,
  type ImportanceMatrix,
} from '../src/index';
import { legacyFile } from './legacy-file';
import { matrixOf, plainEntries } from './matrix';
import { throughForm, written } from './written';

const golden = (name: string): Promise<Uint8Array> => readFile(new URL(`goldens/${name}`, import.meta.url));

async function read(name: string): Promise<ImportanceMatrix> {
  return readImportanceMatrix(await golden(name), name);
}

describe('files of other programs', () => {
  it.each(['demo-10M-cut.imatrix.dat', 'demo-10M-cut-merged.imatrix.dat'])(
    '%s is written again to the same bytes',
    async (name) => {
      expect(Buffer.from(await written(await read(name), 'dat')).equals(await golden(name))).toBe(true);
    },
  );

  it.each(['moe-15M-cut.imatrix.gguf', 'demo-10M-cut.imatrix.gguf'])(
    '%s is written again to the same bytes',
    async (name) => {
      expect(Buffer.from(await written(await read(name), 'gguf')).equals(await golden(name))).toBe(true);
    },
  );

  it('a legacy file becomes the very GGUF file that llama.cpp makes of it', async () => {
    const matrix = await read('demo-10M-cut.imatrix.dat');
    const entries = new Map([...matrix.entries].sort(([a], [b]) => (a < b ? -1 : 1)));
    const own = await written({ ...matrix, entries }, 'gguf');
    expect(Buffer.from(own).equals(await golden('demo-10M-cut.imatrix.gguf'))).toBe(true);
  });

  it('a legacy file comes back from the GGUF form to the same bytes', async () => {
    const throughGguf = await throughForm(await read('demo-10M-cut.imatrix.dat'), 'gguf');
    const own = await written(throughGguf, 'dat');
    expect(Buffer.from(own).equals(await golden('demo-10M-cut.imatrix.dat'))).toBe(true);
  });

  it('a file of experts keeps every mean in the legacy form, and its guesses', async () => {
    const matrix = await read('moe-15M-cut.imatrix.gguf');
    const legacy = await throughForm(matrix, 'dat');
    expect([...legacy.entries.keys()]).toEqual([...matrix.entries.keys()]);
    for (const [name, entry] of matrix.entries) {
      const other = legacy.entries.get(name);
      const ratios = [...(other ? meanSquares(other) : [])].map(
        (mean, column) => mean / (meanSquares(entry)[column] ?? NaN),
      );
      expect(ratios).toHaveLength(entry.sums.length);
      for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(2e-7);
    }
    expect(legacy).toMatchObject({ chunkCount: matrix.chunkCount, datasets: matrix.datasets });
  });
});

/** What a float32 of a real importance matrix may be; far from where its product with a count overflows. */
const value = fc.float({ min: 0, max: 2 ** 60, noNaN: true });
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });

describe('the legacy form', () => {
  const entry = fc.record({
    name,
    calls: fc.integer({ min: 1, max: 0x7fffffff }),
    values: fc.array(value, { minLength: 1, maxLength: 9 }),
  });
  const entries = fc.uniqueArray(entry, { minLength: 1, maxLength: 5, selector: (one) => one.name });
  const trailer = fc.option(fc.record({ chunks: fc.nat(), dataset: fc.string() }), { nil: undefined });

  it('is read as it was written, and written again to the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(entries, trailer, async (stored, end) => {
        const bytes = legacyFile(stored, end);
        const matrix = await readImportanceMatrix(bytes, 'x');
        expect(plainEntries(matrix)).toEqual(
          stored.map(({ name, calls, values }) => ({ name, sums: values, counts: [calls] })),
        );
        expect([matrix.chunkCount, matrix.datasets.join()]).toEqual([end?.chunks, end?.dataset ?? '']);
        expect(await written(matrix, 'dat')).toEqual(bytes);
      }),
    );
  });

  it('comes back from the GGUF form, whatever the chunk size', async () => {
    const few = fc.uniqueArray(
      fc.record({
        name,
        calls: fc.integer({ min: 1, max: 9999 }),
        values: fc.array(value, { minLength: 1, maxLength: 9 }),
      }),
      { minLength: 1, maxLength: 5, selector: (one) => one.name },
    );
    await fc.assert(
      fc.asyncProperty(few, fc.integer({ min: 1, max: 1000 }), async (stored, chunkSize) => {
        const matrix = await readImportanceMatrix(legacyFile(stored, { chunks: 3, dataset: 't' }), 'x');
        const back = await throughForm(await throughForm(withChunkSize(matrix, chunkSize), 'gguf'), 'dat');
        expect(back).toMatchObject({ chunkCount: 3, datasets: ['t'] });
        for (const [index, { name, sums, counts }] of plainEntries(back).entries()) {
          expect([name, counts]).toEqual([stored[index]?.name, [stored[index]?.calls]]);
          for (const [column, sum] of sums.entries()) {
            const expected = stored[index]?.values[column] ?? NaN;
            // The last bits of the product with the chunk size are lost in float32, and all of the smallest numbers.
            expect(Math.abs(sum - expected)).toBeLessThanOrEqual(2e-7 * expected + 1e-44);
          }
        }
      }),
    );
  });

  it('is written with one call where none is told, since a count of 0 says that nothing was seen', async () => {
    const bytes = legacyFile([{ name: 'a', calls: 0, values: [2, 4] }]);
    const matrix = await readImportanceMatrix(bytes, 'x');
    expect(await written(matrix, 'dat')).toEqual(legacyFile([{ name: 'a', calls: 1, values: [2, 4] }]));
  });

  it('holds the mean of each expert for as many calls as the busiest took, and a guess for those never hit', async () => {
    const matrix = matrixOf([{ name: 'up_exps', sums: [10, 20, 0, 0, 6, 9], counts: [10, 0, 3] }], {
      chunkSize: 4,
      chunkCount: 2,
      datasets: ['a', 'b'],
    });
    const guess = [16 / 13, 29 / 13];
    const values = [1, 2, ...guess, 2, 3].map((mean) => Math.fround(3 * mean));
    const expected = legacyFile([{ name: 'up_exps', calls: 3, values }], { chunks: 2, dataset: 'a,b' });
    expect(await written(matrix, 'dat')).toEqual(expected);
  });
});

describe('the GGUF form', () => {
  const entry = fc
    .record({ name, experts: fc.integer({ min: 1, max: 4 }), columns: fc.integer({ min: 1, max: 4 }) })
    .chain(({ name, experts, columns }) =>
      fc.record({
        name: fc.constant(name),
        counts: fc.array(fc.nat(2 ** 24), { minLength: experts, maxLength: experts }),
        sums: fc.array(value, { minLength: experts * columns, maxLength: experts * columns }),
      }),
    )
    .map(({ name, counts, sums }) => {
      const columns = sums.length / counts.length;
      return { name, counts, sums: sums.map((sum, i) => (counts[Math.floor(i / columns)] === 0 ? 0 : sum)) };
    });

  it('keeps all that was learned', async () => {
    const entries = fc.uniqueArray(entry, { minLength: 1, maxLength: 5, selector: (one) => one.name });
    const facts = fc.record({
      chunkCount: fc.nat(),
      chunkSize: fc.integer({ min: 1 }),
      datasets: fc.array(fc.string(), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(entries, facts, async (plain, told) => {
        const back = await throughForm(matrixOf(plain, told), 'gguf');
        expect(plainEntries(back)).toEqual(plain);
        expect(back).toMatchObject(told);
      }),
    );
  });

  it('tells how many chunks the rows make where nobody counted them', async () => {
    const matrix = matrixOf([{ name: 'a', sums: [1], counts: [9] }], { chunkSize: 4 });
    expect(await throughForm(matrix, 'gguf')).toMatchObject({ chunkCount: 3, chunkSize: 4, datasets: [] });
  });
});

const refused: [what: string, matrix: ImportanceMatrix, form: ImatrixForm, code: ImatrixErrorCode][] = [
  ['no entries', matrixOf([]), 'dat', 'empty'],
  ['no entries', matrixOf([]), 'gguf', 'empty'],
  [
    'a sum that float32 does not hold',
    matrixOf([{ name: 'a', sums: [1e300], counts: [1] }]),
    'dat',
    'bad-value',
  ],
  [
    'a sum that float32 does not hold',
    matrixOf([{ name: 'a', sums: [1e300], counts: [1] }]),
    'gguf',
    'bad-value',
  ],
  ['more chunks than an int32', matrixOf([{ name: 'a', sums: [1], counts: [2 ** 31] }]), 'dat', 'bad-count'],
  ['an empty name', matrixOf([{ name: '', sums: [1], counts: [1] }]), 'dat', 'bad-name'],
];

describe('what a form cannot hold', () => {
  it('more entries than are ever read, with what to do about it', async () => {
    const entry = { name: 'a', sums: Float64Array.of(1), counts: Float64Array.of(1) };
    const entries = new Map(Array.from({ length: 131_073 }, (_, index) => [`a${index}`, entry] as const));
    const wrote = writeImportanceMatrix({ ...matrixOf([]), entries }, 'dat', new MemorySink());
    await expect(wrote).rejects.toThrow(
      /no importance matrix has so many entries .*131073.*\. Merge fewer files/s,
    );
  });

  it.each(refused)('%s, in the form %4$s', async (_, matrix, form, code) => {
    const sink = new MemorySink();
    await expect(writeImportanceMatrix(matrix, form, sink)).rejects.toThrow(
      expect.objectContaining({ code }),
    );
    expect(sink.bytes).toBeUndefined();
    await expect(sink.write(Uint8Array.of(1))).rejects.toThrow(expect.objectContaining({ code: 'closed' }));
  });
});
