import type { ModelShape } from '../types';

/** From this length on a vocabulary counts as large. */
const LARGE_VOCABULARY = 127_999;

/**
 * Whether ik_llama.cpp takes a model for one of 70 billion weights, in which eight heads share a value: by its
 * architecture and its layers (`src/llama-hparams.cpp`).
 */
export function isKnownAs70B(model: ModelShape): boolean {
  if (model.layerCount !== 80) return false;
  switch (model.architecture) {
    case 'deci':
    case 'olmo':
    case 'qwen2':
    case 'qwen2vl':
      return true;
    case 'llama':
      return model.expertCount !== 8 && model.headCount !== model.keyValueHeadCount;
    default:
      return false;
  }
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

/** Whether the embedding is so large a part of a model known as 8B or 70B that attention may have more bits. */
export function hasLargeVocabulary(model: ModelShape): boolean {
  return model.vocabularyLength >= LARGE_VOCABULARY && (isKnownAs8B(model) || isKnownAs70B(model));
}
