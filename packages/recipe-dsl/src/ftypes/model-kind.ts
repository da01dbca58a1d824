import type { ModelShape } from '../types';
import type { Program } from './program';

/** From this length on a vocabulary counts as large. */
const LARGE_VOCABULARY = 127_999;

/** Architectures of which a model of 80 layers has 70 billion weights. */
const SEVENTY_BILLION_AT_80: Readonly<Record<Program, ReadonlySet<string>>> = {
  /** `src/llama-hparams.cpp` */
  'ik_llama.cpp': new Set(['llama', 'deci', 'olmo', 'qwen2', 'qwen2vl']),
  /** `src/models` */
  'llama.cpp': new Set(['llama', 'llama-embed', 'deci', 'olmo', 'qwen2']),
};

/** Llama of 80 layers has 65 billion weights where no heads are shared, and there are ones with eight experts. */
const WITH_EXCEPTIONS: ReadonlySet<string> = new Set(['llama', 'llama-embed']);

/** Whether a program takes a model for one of 70 billion weights, in which eight heads share a value: by its architecture and its layers. */
export function isKnownAs70B(model: ModelShape, program: Program): boolean {
  const { architecture = '', layerCount, expertCount, headCount, keyValueHeadCount } = model;
  if (layerCount !== 80 || !SEVENTY_BILLION_AT_80[program].has(architecture)) return false;
  return !WITH_EXCEPTIONS.has(architecture) || (expertCount !== 8 && headCount !== keyValueHeadCount);
}

/** Whether ik_llama.cpp takes a model for one of 8 billion weights (`src/llama-hparams.cpp`). */
function isKnownAs8B({
  architecture,
  layerCount,
  vocabularyLength,
  embeddingLength,
  expertCount,
}: ModelShape): boolean {
  switch (architecture) {
    case 'llama':
      if (expertCount === 8) return false;
      return (
        layerCount === 36 || (layerCount === 32 && vocabularyLength >= 40_000 && vocabularyLength !== 49_152)
      );
    case 'qwen3':
    case 'qwen3vl':
      return layerCount === 36 && embeddingLength !== 2560;
    case 'cohere2':
      return layerCount === 32;
    case 'mistral3':
      return layerCount === 34;
    default:
      return false;
  }
}

/** Whether the embedding is so large a part of a model that ik_llama.cpp knows as 8B or 70B that attention may have more bits. */
export function hasLargeVocabulary(model: ModelShape): boolean {
  return (
    model.vocabularyLength >= LARGE_VOCABULARY && (isKnownAs8B(model) || isKnownAs70B(model, 'ik_llama.cpp'))
  );
}
