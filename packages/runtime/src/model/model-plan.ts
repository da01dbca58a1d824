import type { GgufFile } from '@halftone/gguf-io';
import { MAX_TOKENS } from '@halftone/tokenizer';
import type { Architecture } from '../architectures/architecture';
import { architectureOf } from '../architectures/registry';
import { RuntimeError } from '../error';
import type { Hyperparameters } from '../metadata/hyperparameters';
import { ModelKeys } from '../metadata/model-keys';
import { matchTensors, vocabularySize, type PlacedTensor } from '../weights/tensor-table';

/** What the header of a file says of its model, checked: nothing of it is loaded yet. */
export interface ModelPlan {
  readonly file: GgufFile;
  readonly architecture: Architecture;
  readonly hyperparameters: Hyperparameters;
  /** Tokens of the vocabulary. */
  readonly vocabulary: number;
  readonly tensors: readonly PlacedTensor[];
}

/**
 * Read and check all that a header says of its model: metadata, tensor table, vocabulary.
 *
 * @throws RuntimeError for whatever keeps it from being run, before any tensor is read.
 */
export function planModel(file: GgufFile): ModelPlan {
  const architecture = architectureOf(file);
  const keys = new ModelKeys(file.metadata, architecture.name, file.source.name);
  const hyperparameters = architecture.hyperparameters(keys);
  const vocabulary = vocabularySize(file);
  checkVocabulary(file, vocabulary);
  const tensors = matchTensors(file, architecture, hyperparameters);
  return { file, architecture, hyperparameters, vocabulary, tensors };
}

/** The list of tokens, where there is one, must be as long as the token embedding. */
function checkVocabulary({ metadata, source }: GgufFile, rows: number): void {
  if (rows > MAX_TOKENS) {
    throw new RuntimeError('wrong-vocabulary', 'the token embedding has too many rows', {
      file: source.name,
      found: rows,
      allowed: `up to ${MAX_TOKENS}`,
    });
  }
  const tokens = metadata.get('tokenizer.ggml.tokens');
  if (tokens === undefined || (tokens.type === 'array' && tokens.value.length === rows)) return;
  throw new RuntimeError('wrong-vocabulary', 'the vocabulary does not fit the token embedding', {
    file: source.name,
    found: tokens.type === 'array' ? `${tokens.value.length} tokens` : tokens.type,
    allowed: `${rows}, the rows of token_embd.weight`,
    advice: 'The file was made of parts of two models, or was cut: convert the model again.',
  });
}
