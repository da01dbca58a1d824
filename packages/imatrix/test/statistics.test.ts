import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importanceStatistics, readImportanceMatrix } from '../src/index';
import { matrixOf } from './matrix';

const golden = (name: string): URL => new URL(`goldens/${name}`, import.meta.url);

/** The figures in the lines of llama.cpp's table that start with a layer. */
async function printedByLlamaCpp(): Promise<{ tensors: string[][]; layers: string[][] }> {
  const text = await readFile(golden('moe-15M-cut.statistics.txt'), 'utf8');
  const rows = text
    .split('\n')
    .map((line) => line.split('\t').map((cell) => cell.trim().replace('%', '')))
    .filter(([layer = '']) => /^\d+$/.test(layer));
  return {
    tensors: rows.filter(({ length }) => length > 4),
    layers: rows.filter(({ length }) => length === 4),
  };
}

describe('importanceStatistics', () => {
  it('are the figures that llama-imatrix of llama.cpp prints', async () => {
    const bytes = await readFile(golden('moe-15M-cut.imatrix.gguf'));
    const { tensors, layers } = importanceStatistics(await readImportanceMatrix(bytes, 'moe'));
    const printed = await printedByLlamaCpp();
    const own = tensors.map((row) => [
      String(row.layer),
      row.tensor.split('.')[2],
      row.sum.toFixed(2),
      row.minimum.toFixed(4),
      row.maximum.toFixed(4),
      row.mean.toFixed(2),
      row.standardDeviation.toFixed(2),
      (100 * row.activeShare).toFixed(2),
      String(row.valueCount),
      row.entropy.toFixed(4),
      (100 * row.relativeEntropy).toFixed(2),
      (100 * row.zScoreDensity).toFixed(2),
      (row.cosineSimilarity ?? 0).toFixed(4),
    ]);
    expect(own.sort()).toEqual(printed.tensors.sort());
    const ownLayers = layers.map((row) => [
      String(row.layer),
      row.sum.toFixed(2),
      (100 * row.zScoreDensity).toFixed(4),
      (row.cosineSimilarity ?? 0).toFixed(4),
    ]);
    expect(ownLayers).toEqual(printed.layers);
  });

  it('leave out experts that were never hit, and tell them', () => {
    const { tensors } = importanceStatistics(
      matrixOf([{ name: 'a_exps', sums: [2, 4, 0, 0, 9, 9], counts: [2, 0, 3] }]),
    );
    expect(tensors[0]).toMatchObject({
      experts: 3,
      unhitExperts: [1],
      valueCount: 4,
      sum: 9,
      minimum: 1,
      maximum: 3,
      layer: undefined,
      cosineSimilarity: undefined,
    });
  });

  it('leave out a tensor that no row went through', () => {
    expect(importanceStatistics(matrixOf([{ name: 'a', sums: [0], counts: [0] }])).tensors).toEqual([]);
  });

  it('of columns that are all alike: all the entropy there can be, none above the others', () => {
    const { tensors } = importanceStatistics(
      matrixOf([{ name: 'a', sums: [3, 3, 3, 3, 3, 3, 3, 3], counts: [1] }]),
    );
    expect(tensors[0]).toMatchObject({
      entropy: 3,
      relativeEntropy: 1,
      zScoreDensity: 0,
      standardDeviation: 0,
    });
  });

  it('of one column, and of columns that are never used', () => {
    const { tensors } = importanceStatistics(
      matrixOf([
        { name: 'one', sums: [5], counts: [1] },
        { name: 'none', sums: [0, 0], counts: [1] },
      ]),
    );
    expect(tensors[0]).toMatchObject({ entropy: 0, relativeEntropy: 1, activeShare: 1 });
    expect(tensors[1]).toMatchObject({ entropy: 0, relativeEntropy: 0, activeShare: 0, maximum: 0 });
  });

  it('have no similarity to a layer before that is missing, zero, or of another length', () => {
    const { tensors, layers } = importanceStatistics(
      matrixOf([
        { name: 'blk.0.a.weight', sums: [1, 0], counts: [1] },
        { name: 'blk.1.a.weight', sums: [0, 1], counts: [1] },
        { name: 'blk.2.a.weight', sums: [1, 1, 1], counts: [1] },
        { name: 'blk.4.a.weight', sums: [0, 0], counts: [1] },
        { name: 'blk.5.a.weight', sums: [1, 1], counts: [1] },
      ]),
    );
    const similarities = [undefined, 0, undefined, undefined, undefined];
    expect(tensors.map((row) => row.cosineSimilarity)).toEqual(similarities);
    expect(layers.map((row) => [row.layer, row.cosineSimilarity])).toEqual(
      [0, 1, 2, 4, 5].map((layer, index) => [layer, similarities[index]]),
    );
  });

  it('stay within their bounds', () => {
    const sums = fc.array(fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(sums, fc.integer({ min: 1, max: 1000 }), (values, count) => {
        const { tensors } = importanceStatistics(
          matrixOf([
            { name: 'blk.0.a', sums: values, counts: [count] },
            { name: 'blk.1.a', sums: values.toReversed(), counts: [count] },
          ]),
        );
        for (const row of tensors) {
          expect(row.minimum).toBeLessThanOrEqual(row.mean * (1 + 1e-12));
          expect(row.mean).toBeLessThanOrEqual(row.maximum * (1 + 1e-12));
          expect(row.relativeEntropy).toBeGreaterThanOrEqual(-1e-12);
          expect(row.relativeEntropy).toBeLessThanOrEqual(1 + 1e-12);
          expect(row.cosineSimilarity ?? 0).toBeGreaterThanOrEqual(0);
          expect(row.cosineSimilarity ?? 0).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });
});
