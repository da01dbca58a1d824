import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImportanceCollector, meanSquares, type ActivationSums, type ImatrixErrorCode } from '../src/index';
import { plainEntries } from './matrix';

const UP = 'blk.0.ffn_up_exps.weight';

describe('ImportanceCollector', () => {
  it('adds up batches per tensor and expert, and counts chunks', () => {
    const collector = new ImportanceCollector({ chunkSize: 4, dataset: 'text.txt' });
    collector.record('blk.0.attn_q.weight', { sums: Float32Array.of(1, 2), counts: [3] });
    collector.record(UP, { sums: Float32Array.of(1, 2, 0, 0), counts: [4, 0] });
    collector.endChunk();
    collector.record('blk.0.attn_q.weight', { sums: Float32Array.of(10, 20), counts: [4] });
    collector.record(UP, { sums: Float32Array.of(3, 4, 5, 6), counts: [1, 3] });
    collector.endChunk();
    const matrix = collector.matrix();
    expect(plainEntries(matrix)).toEqual([
      { name: 'blk.0.attn_q.weight', sums: [11, 22], counts: [7] },
      { name: UP, sums: [4, 6, 5, 6], counts: [5, 3] },
    ]);
    expect(matrix).toMatchObject({ chunkCount: 2, chunkSize: 4, datasets: ['text.txt'] });
    expect(collector.chunkCount).toBe(2);
  });

  it('adds in double precision, where float32 would stand still', () => {
    const collector = new ImportanceCollector({ chunkSize: 1 });
    collector.record('a', { sums: Float32Array.of(2 ** 24), counts: [1] });
    for (let i = 0; i < 8; i++) collector.record('a', { sums: Float32Array.of(1), counts: [1] });
    expect(plainEntries(collector.matrix())).toEqual([{ name: 'a', sums: [2 ** 24 + 8], counts: [9] }]);
  });

  it('gives what was learned so far, which later batches do not change', () => {
    const collector = new ImportanceCollector({ chunkSize: 1 });
    const batch = { sums: Float64Array.of(1), counts: [1] };
    collector.record('a', batch);
    const before = collector.matrix();
    collector.record('a', batch);
    expect(plainEntries(before)).toEqual([{ name: 'a', sums: [1], counts: [1] }]);
    expect(plainEntries(collector.matrix())).toEqual([{ name: 'a', sums: [2], counts: [2] }]);
    expect([...batch.sums]).toEqual([1]);
  });

  it('is the mean of the squares of all rows, however they are cut into batches', () => {
    const row = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 3, maxLength: 3 });
    const batches = fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(batches, (rowsOfBatches) => {
        const collector = new ImportanceCollector({ chunkSize: 512 });
        for (const rows of rowsOfBatches) {
          const sums = Float64Array.from([0, 1, 2], (column) =>
            rows.reduce((sum, values) => sum + (values[column] ?? NaN) ** 2, 0),
          );
          collector.record('a', { sums, counts: [rows.length] });
        }
        const rows = rowsOfBatches.flat();
        const [entry] = collector.matrix().entries.values();
        for (const [column, mean] of (entry ? meanSquares(entry) : []).entries()) {
          const expected = rows.reduce((sum, values) => sum + (values[column] ?? NaN) ** 2 / rows.length, 0);
          expect(Math.abs(mean - expected)).toBeLessThanOrEqual(1e-6 * expected + 1e-44);
        }
        expect(entry?.sums.length).toBe(3);
      }),
    );
  });
});

const refused: [what: string, batch: ActivationSums, code: ImatrixErrorCode, message: string][] = [
  [
    'NaN',
    { sums: Float32Array.of(1, 2, NaN, 4), counts: [1, 1] },
    'bad-value',
    'found NaN from 1 rows in column 0 of expert 1',
  ],
  [
    'infinity',
    { sums: Float32Array.of(1, Infinity), counts: [1] },
    'bad-value',
    'found Infinity from 1 rows in column 1',
  ],
  ['a negative sum', { sums: Float32Array.of(-1), counts: [1] }, 'bad-value', 'found -1'],
  ['sums of no rows', { sums: Float32Array.of(1, 0), counts: [0, 0] }, 'bad-value', 'found 1 from 0 rows'],
  ['a negative count', { sums: Float32Array.of(1), counts: [-1] }, 'bad-count', 'found -1 for expert 0'],
  ['half a row', { sums: Float32Array.of(1), counts: [0.5] }, 'bad-count', 'found 0.5'],
  ['no counts', { sums: Float32Array.of(1), counts: [] }, 'wrong-length', 'found 1 sums for 0 experts'],
  ['no columns', { sums: new Float32Array(0), counts: [1] }, 'wrong-length', 'found 0 sums for 1 experts'],
  [
    'a column too few',
    { sums: Float32Array.of(1, 2, 3), counts: [1, 1] },
    'wrong-length',
    'found 3 sums for 2 experts',
  ],
];

describe('a batch that is refused', () => {
  it.each(refused)('%s', (_, batch, code, message) => {
    const collector = new ImportanceCollector({ chunkSize: 1 });
    expect(() => collector.record(UP, batch)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
    expect(() => collector.record(UP, batch)).toThrow(JSON.stringify(UP));
    expect(collector.matrix().entries.size).toBe(0);
  });

  it('one of another shape than those before', () => {
    const collector = new ImportanceCollector({ chunkSize: 1 });
    collector.record(UP, { sums: Float32Array.of(1, 2, 3, 4), counts: [1, 1] });
    const other = { sums: Float32Array.of(1, 2, 3, 4), counts: [1] };
    expect(() => collector.record(UP, other)).toThrow(/found 4 columns, allowed 2 experts of 2 columns/);
    expect(plainEntries(collector.matrix())).toEqual([{ name: UP, sums: [1, 2, 3, 4], counts: [1, 1] }]);
  });

  it.each(['', 'x'.repeat(256)])('one of a tensor of an impossible name', (name) => {
    const collector = new ImportanceCollector({ chunkSize: 1 });
    expect(() => collector.record(name, { sums: Float32Array.of(1), counts: [1] })).toThrow(
      expect.objectContaining({ code: 'bad-name' }),
    );
  });

  it.each([0, -1, 1.5, NaN])('a chunk of %d rows', (chunkSize) => {
    expect(() => new ImportanceCollector({ chunkSize })).toThrow(
      expect.objectContaining({ code: 'bad-count' }),
    );
  });
});
