import {
  metadataNumber,
  metadataNumbers,
  metadataString,
  type GgufFile,
  type GgufMetadata,
} from '@halftone/gguf-io';
import type { ModelShape } from '@halftone/recipe-dsl';

/**
 * The facts of a model on which default types depend, as far as its metadata tells them: a file that is no language
 * model, such as an encoder of images, may tell none of them.
 */
export function modelShape({ metadata, source }: GgufFile): ModelShape {
  const architecture = metadataString(metadata, 'general.architecture');
  const key = (name: string): string => `${architecture ?? ''}.${name}`;
  // One number for all layers, or one for each: the mixture of ik_llama.cpp asks the first layer.
  const ofFirstLayer = (name: string): number | undefined =>
    metadataNumbers(metadata, key(name), source.name)?.[0];
  const headCount = ofFirstLayer('attention.head_count') ?? 0;
  return {
    architecture,
    layerCount: metadataNumber(metadata, key('block_count'), source.name),
    headCount,
    // Absent means that every head has its own keys and values, as in ik_llama.cpp.
    keyValueHeadCount: ofFirstLayer('attention.head_count_kv') ?? headCount,
    expertCount: metadataNumber(metadata, key('expert_count'), source.name) ?? 0,
    vocabularyLength: vocabularyLength(metadata, key('vocab_size'), source.name),
    embeddingLength: metadataNumber(metadata, key('embedding_length'), source.name) ?? 0,
  };
}

function vocabularyLength(metadata: GgufMetadata, key: string, file: string): number {
  const told = metadataNumber(metadata, key, file);
  if (told !== undefined) return told;
  const tokens = metadata.get('tokenizer.ggml.tokens');
  return tokens?.type === 'array' ? tokens.value.length : 0;
}
