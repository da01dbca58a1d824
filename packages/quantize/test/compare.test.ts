import { describe, expect, it } from 'vitest';
import type { ImportanceMatrix } from '@halftone/imatrix';
import { compareWeights, comparisonTotals, differenceFigures } from '@halftone/quantize';
import { bellCurve, tinyModel, tinyTensor, type TinyTensor } from './tiny-model';

const NAME = 'blk.0.ffn_up.weight';

function matrix(weights: readonly number[], columns: number, name = NAME): TinyTensor {
  return {
    name,
    dimensions: [columns, weights.length / columns],
    format: 'f32',
    weights: Float32Array.from(weights),
  };
}

function importance(values: readonly number[]): ImportanceMatrix {
  const entry = { name: NAME, sums: Float32Array.from(values), counts: Float64Array.of(1) };
  return {
    source: 'test.dat',
    entries: new Map([[NAME, entry]]),
    chunkCount: undefined,
    chunkSize: undefined,
    datasets: [],
  };
}

/** Two rows of two blocks of 32, which q8_0 holds without error: whole numbers up to 127 that reach it. */
const rows = Array.from({ length: 128 }, (_, i) => (i % 32 === 0 ? 127 : i % 32));

describe('compareWeights', () => {
  it('finds no difference between a file and itself, whatever is in it', async () => {
    const tensors = [tinyTensor(NAME, [256, 3], 'iq4_ks'), matrix([0, 0], 2, 'zeros.weight')];
    const { tensors: compared } = await compareWeights(await tinyModel(tensors), await tinyModel(tensors));
    for (const { sums, worst } of compared) {
      expect(worst).toBeUndefined();
      expect(differenceFigures(sums)).toEqual({
        squareError: 0,
        relativeError: 0,
        weightedError: 0,
        cosine: 1,
      });
    }
  });

  it('gives the figures that are worked out by hand', async () => {
    const [one, two] = [
      [3, 4],
      [0, 4],
    ].map((weights) => tinyModel([matrix(weights, 2)]));
    const { tensors } = await compareWeights((await one) ?? fail(), (await two) ?? fail());
    expect(tensors[0]).toMatchObject({ bytes: [8, 8], types: ['f32', 'f32'] });
    const figures = differenceFigures(tensors[0]?.sums ?? fail());
    expect(figures).toEqual({
      squareError: 9,
      relativeError: 9 / 25,
      weightedError: 9 / 25,
      cosine: 16 / 20,
    });
  });

  it('counts blocks along a row, then row by row, and measures the worst by the weights of its tensor', async () => {
    const changed = [...rows];
    changed[3 * 32 + 5] = 9;
    changed[1] = 2;
    const q8 = { ...matrix(rows, 64), format: 'q8_0' as const };
    const { tensors } = await compareWeights(await tinyModel([matrix(changed, 64)]), await tinyModel([q8]));
    const energy = changed.reduce((sum, weight) => sum + weight * weight, 0);
    expect(tensors[0]?.worst).toEqual({
      tensor: NAME,
      index: 3,
      row: 1,
      column: 32,
      length: 32,
      error: (16 / 32 / energy) * 128,
    });
    expect(tensors[0]?.sums.error).toBe(16 + 1);
  });

  it('weighs the error of each column with its importance', async () => {
    const weights = Array.from({ length: 32 }, () => 127);
    const changed = [...weights];
    changed[4] = 126;
    const q8 = { ...matrix(weights, 32), format: 'q8_0' as const };
    const columns = Array.from({ length: 32 }, (_, column) => (column === 4 ? 10 : 1));
    const { tensors } = await compareWeights(await tinyModel([matrix(changed, 32)]), await tinyModel([q8]), {
      importanceMatrix: importance(columns),
    });
    const { weightedError, relativeError } = differenceFigures(tensors[0]?.sums ?? fail());
    const others = 31 * 127 ** 2;
    expect(weightedError).toBeCloseTo(10 / (others + 10 * 126 ** 2), 12);
    expect(relativeError).toBeCloseTo(1 / (others + 126 ** 2), 12);
  });

  it('compares types that interleave rows with those that do not', async () => {
    const one = tinyTensor(NAME, [256, 8], 'q4_K');
    const interleaved = { ...one, format: 'q4_k_r4' as const };
    const { tensors } = await compareWeights(await tinyModel([one]), await tinyModel([interleaved]));
    expect(tensors[0]).toMatchObject({ types: ['q4_K', 'q4_k_r4'], worst: undefined });
  });

  it('adds up the tensors of each pair of types, and all', async () => {
    const one = [tinyTensor(NAME, [256, 2]), tinyTensor('output.weight', [256, 3]), matrix([1, 2], 2, 'n')];
    const two = one.map((tensor, index) => (index === 2 ? tensor : { ...tensor, format: 'q6_K' as const }));
    const { tensors } = await compareWeights(await tinyModel(one), await tinyModel(two));
    const { all, byType } = comparisonTotals(tensors);
    expect(byType.map(({ types, tensors, bytes }) => [types.join(' '), tensors, bytes])).toEqual([
      ['f32 q6_K', 2, [5 * 256 * 4, 5 * 210]],
      ['f32 f32', 1, [8, 8]],
    ]);
    expect(all.tensors).toBe(3);
    expect(all.sums.error).toBeCloseTo(
      tensors.reduce((sum, { sums }) => sum + sums.error, 0),
      12,
    );
    const errors = tensors.map(({ worst }) => worst?.error ?? 0);
    expect(all.worst?.error).toBe(Math.max(...errors));
  });

  it.each([
    ['a tensor is missing', [], [tinyTensor('other.weight', [256, 3])], 'other.weight'],
    ['there is one too many', [tinyTensor('more.weight', [256, 1])], [], 'more.weight'],
    [
      'dimensions differ',
      [tinyTensor('same.weight', [256, 2])],
      [tinyTensor('same.weight', [512, 1])],
      'same.weight',
    ],
  ])('refuses files of other tensors: %s', async (_, second, first, tensor) => {
    const common = tinyTensor(NAME, [256, 2]);
    const [one, two] = await Promise.all([tinyModel([common, ...first]), tinyModel([common, ...second])]);
    await expect(compareWeights(one, two)).rejects.toMatchObject({
      code: 'other-tensors',
      facts: { file: 'tiny.gguf', tensor },
    });
  });

  it('tells the place of a weight that is no number', async () => {
    const weights = bellCurve(64, 1);
    weights[33] = NaN;
    const broken = { ...tinyTensor(NAME, [32, 2]), weights };
    const whole = await tinyModel([tinyTensor(NAME, [32, 2])]);
    await expect(compareWeights(whole, await tinyModel([broken]))).rejects.toThrow(
      /weight 33 \(row 1, column 1\) is not finite/,
    );
  });

  it('ends when it is told to', async () => {
    const model = await tinyModel([tinyTensor(NAME, [256, 2])]);
    const signal = AbortSignal.abort();
    await expect(compareWeights(model, model, { signal })).rejects.toMatchObject({ code: 'aborted' });
  });
});

function fail(): never {
  throw new Error('there is no such tensor');
}
