import { metadataNumber, metadataString, type GgufFile } from '@halftone/gguf-io';
import type { ModelShape } from '@halftone/recipe-dsl';

/**
 * The facts of a model on which default types depend, as far as its metadata tells them: a file that is no language
 * model, such as an encoder of images, may tell none of them.
 */
export function modelShape({ metadata }: GgufFile): ModelShape {
  const architecture = metadataString(metadata, 'general.architecture');
  const number = (key: string): number | undefined =>
    metadataNumber(metadata, `${architecture ?? ''}.${key}`);
  const headCount = number('attention.head_count') ?? 0;
  return {
    architecture,
    layerCount: number('block_count'),
    headCount,
    // Absent means that every head has its own keys and values, as in ik_llama.cpp.
    keyValueHeadCount: number('attention.head_count_kv') ?? headCount,
    expertCount: number('expert_count') ?? 0,
  };
}
