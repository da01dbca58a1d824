import { readFileSync } from 'node:fs';
import type { ModelShape, SourceTensor } from '../src/index';

/** A model without experts where four heads share a key-value head. */
export const dense: ModelShape = {
  architecture: 'mistral3',
  layerCount: 16,
  headCount: 32,
  keyValueHeadCount: 8,
  expertCount: 0,
  vocabularyLength: 131_072,
  embeddingLength: 4096,
};

/** A tensor in bf16, of 256 columns and 64 rows unless told otherwise. */
export function tensor(name: string, dimensions: readonly number[] = [256, 64]): SourceTensor {
  return { name, dimensions, format: 'bf16' };
}

interface Fixture {
  readonly model: ModelShape;
  readonly tensors: readonly (readonly [
    name: string,
    dimensions: number[],
    format: SourceTensor['format'],
  ])[];
}

/** Devstral-Small-2-24B-Instruct-2512: names, dimensions and formats of its 363 tensors, from the header of its BF16 GGUF file. */
export function devstral(): { readonly model: ModelShape; readonly tensors: readonly SourceTensor[] } {
  const url = new URL('fixtures/devstral-small-2-24b.json', import.meta.url);
  const { model, tensors } = JSON.parse(readFileSync(url, 'utf8')) as Fixture;
  return { model, tensors: tensors.map(([name, dimensions, format]) => ({ name, dimensions, format })) };
}
