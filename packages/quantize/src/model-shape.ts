import { metadataNumber, metadataString, type GgufFile } from '@halftone/gguf-io';
import type { ModelShape } from '@halftone/recipe-dsl';
import { QuantizeError } from './error';

/**
 * The facts of a model on which default types depend, from its metadata.
 *
 * @throws {@link QuantizeError} `missing-metadata` when the file does not say how many layers or heads there are.
 */
export function modelShape(file: GgufFile): ModelShape {
  const architecture = metadataString(file.metadata, 'general.architecture');
  if (architecture === undefined) throw missing(file, 'general.architecture');
  const required = (key: string): number => {
    const value = metadataNumber(file.metadata, `${architecture}.${key}`);
    if (value === undefined) throw missing(file, `${architecture}.${key}`);
    return value;
  };
  const headCount = required('attention.head_count');
  return {
    architecture,
    layerCount: required('block_count'),
    headCount,
    // Absent means that every head has its own keys and values, as in the peer.
    keyValueHeadCount: metadataNumber(file.metadata, `${architecture}.attention.head_count_kv`) ?? headCount,
    expertCount: metadataNumber(file.metadata, `${architecture}.expert_count`) ?? 0,
  };
}

function missing(file: GgufFile, key: string): QuantizeError {
  return new QuantizeError('missing-metadata', `the metadata has no ${key}`, {
    file: file.source.name,
    advice: 'It is needed to choose default types: is this the GGUF file of a language model?',
  });
}
