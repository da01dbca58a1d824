import { ggufArray, type GgufValue } from '@halftone/gguf-io';
import { describe, expect, it } from 'vitest';
import { modelShape } from '../src/model-shape';
import { tinyModel, tinyTensor } from './tiny-model';

const architecture = ['general.architecture', { type: 'string', value: 'llama' }] as const;

function number(key: string, value: number): [string, GgufValue] {
  return [`llama.${key}`, { type: 'uint32', value }];
}

function numbers(key: string, values: readonly number[]): [string, GgufValue] {
  return [`llama.${key}`, { type: 'array', value: ggufArray('uint32', values) }];
}

describe('modelShape', () => {
  it.each([
    ['one number for all layers', [number('attention.head_count', 32), number('attention.head_count_kv', 8)]],
    [
      'a number for each layer, of which the first counts',
      [numbers('attention.head_count', [32, 16]), numbers('attention.head_count_kv', [8, 0])],
    ],
    [
      'one for all and one for each',
      [number('attention.head_count', 32), numbers('attention.head_count_kv', [8, 4])],
    ],
  ])('reads %s', async (_, heads) => {
    const metadata = [architecture, number('block_count', 2), number('expert_count', 8), ...heads];
    expect(modelShape(await tinyModel([tinyTensor('a.weight', [32, 2])], metadata))).toEqual({
      architecture: 'llama',
      layerCount: 2,
      headCount: 32,
      keyValueHeadCount: 8,
      expertCount: 8,
      vocabularyLength: 0,
      embeddingLength: 0,
    });
  });

  it('takes it that every head has its own keys and values where nothing else is told', async () => {
    const metadata = [architecture, number('attention.head_count', 32)];
    const file = await tinyModel([tinyTensor('a.weight', [32, 2])], metadata);
    expect(modelShape(file)).toMatchObject({ headCount: 32, keyValueHeadCount: 32 });
  });

  it('counts the tokens where no length of the vocabulary is told', async () => {
    const tokens: [string, GgufValue] = [
      'tokenizer.ggml.tokens',
      { type: 'array', value: ggufArray('string', ['a', 'b']) },
    ];
    const counted = await tinyModel([tinyTensor('a.weight', [32, 2])], [architecture, tokens]);
    expect(modelShape(counted).vocabularyLength).toBe(2);
    const told = [architecture, tokens, number('vocab_size', 3), number('embedding_length', 5)];
    const file = await tinyModel([tinyTensor('a.weight', [32, 2])], told);
    expect(modelShape(file)).toMatchObject({ vocabularyLength: 3, embeddingLength: 5 });
  });

  it('knows nothing of a file that tells nothing', async () => {
    expect(modelShape(await tinyModel([tinyTensor('a.weight', [32, 2])], []))).toEqual({
      architecture: undefined,
      layerCount: undefined,
      headCount: 0,
      keyValueHeadCount: 0,
      expertCount: 0,
      vocabularyLength: 0,
      embeddingLength: 0,
    });
  });
});
