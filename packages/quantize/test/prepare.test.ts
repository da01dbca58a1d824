import { parseFtype, parseRecipe } from '@halftone/recipe-dsl';
import { describe, expect, it } from 'vitest';
import { prepare, type QuantizeOptions } from '../src/prepare';
import { tinyMetadata, tinyModel, tinyTensor } from './tiny-model';

const tensors = [tinyTensor('blk.0.attn_q.weight', [256, 4]), tinyTensor('token_embd.weight', [256, 4])];

const options: QuantizeOptions = {
  ftype: parseFtype('Q8_0'),
  recipe: parseRecipe('attn=iq6_k', 'test.recipe'),
};

const importanceMatrix = {
  source: 'test.dat',
  chunkCount: undefined,
  dataset: undefined,
  entries: new Map([
    [
      'token_embd.weight',
      { name: 'token_embd.weight', callCount: 1, meanSquares: new Float32Array(256).fill(1) },
    ],
  ]),
};

describe('prepare', () => {
  it('refuses a model in several files', async () => {
    const file = await tinyModel(tensors, [...tinyMetadata, ['split.count', { type: 'uint16', value: 3 }]]);
    expect(() => prepare(file, options)).toThrow(expect.objectContaining({ code: 'split-model' }));
  });

  it('reports missing importance, and refuses it when it is strict', async () => {
    const file = await tinyModel(tensors);
    const { importance } = prepare(file, { ...options, importanceMatrix });
    expect(importance?.missing).toMatchObject([{ tensor: 'blk.0.attn_q.weight', expected: false }]);
    expect(() => prepare(file, { ...options, importanceMatrix, strict: true })).toThrow(
      expect.objectContaining({ code: 'missing-importance' }),
    );
  });
});
