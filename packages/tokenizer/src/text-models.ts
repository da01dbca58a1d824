import type { GgufMetadata } from '@halftone/gguf-io';
import { bytePairModel, readPreTokenizer } from './byte-pair-model';
import { TokenizerError } from './error';
import { missing, optionalText } from './metadata';
import type { TokenRoles } from './roles';
import { sentencePieceModel } from './sentence-piece-model';
import type { Dialect, TextModel } from './text-model';
import { unigramModel } from './unigram-model';
import type { Vocabulary } from './vocabulary';
import { wordPieceModel } from './word-piece-model';

/** What a vocabulary does to the ends of a text unless the file says otherwise, and how it treats what is between. */
export interface ReadModel {
  readonly model: TextModel;
  /** `always`: whatever the file says. */
  readonly addsBeginning: boolean | 'always';
  readonly addsEnd: boolean;
  /** Whether a text ends with the separator, and not with the end token. */
  readonly endsWithSeparator: boolean;
}

/** What a model is made from. */
export interface ModelParts {
  readonly metadata: GgufMetadata;
  readonly vocabulary: Vocabulary;
  readonly roles: TokenRoles;
  readonly dialect: Dialect;
}

function readBytePairs({ metadata, vocabulary, dialect }: ModelParts): ReadModel {
  const preTokenizer = readPreTokenizer(metadata);
  return {
    model: bytePairModel(metadata, vocabulary, preTokenizer, dialect),
    addsBeginning: preTokenizer.addsBeginning ?? false,
    addsEnd: false,
    endsWithSeparator: false,
  };
}

type Reader = (parts: ModelParts) => ReadModel;

/** By `tokenizer.ggml.model`. */
const readers = {
  gpt2: readBytePairs,
  gemma4: readBytePairs,
  whitespace: readBytePairs,
  llama: ({ metadata, vocabulary, roles }) => ({
    model: sentencePieceModel(metadata, vocabulary, roles.unknown),
    addsBeginning: true,
    addsEnd: false,
    endsWithSeparator: false,
  }),
  t5: ({ metadata, vocabulary, roles }) => ({
    model: unigramModel(metadata, vocabulary, roles.unknown),
    addsBeginning: false,
    addsEnd: true,
    endsWithSeparator: false,
  }),
  bert: ({ metadata, vocabulary, roles, dialect }) => ({
    model: wordPieceModel(metadata, vocabulary, roles.unknown, dialect),
    addsBeginning: true,
    addsEnd: false,
    endsWithSeparator: true,
  }),
} satisfies Record<string, Reader>;

/** A kind of vocabulary: the values of `tokenizer.ggml.model` that are known here. */
export type ModelName = keyof typeof readers;

/** Which kind of vocabulary a file has. @throws {@link TokenizerError} `missing-key` or `unknown-model`. */
export function readModelName(metadata: GgufMetadata): ModelName {
  const name = optionalText(metadata, 'tokenizer.ggml.model');
  if (name === undefined) throw missing('tokenizer.ggml.model');
  if (isModelName(name)) return name;
  throw new TokenizerError('unknown-model', 'a vocabulary of this kind cannot be used here', {
    found: name,
    allowed: Object.keys(readers).join(', '),
  });
}

function isModelName(name: string): name is ModelName {
  return Object.hasOwn(readers, name);
}

/** Make the model of that name. @throws {@link TokenizerError} when the vocabulary is damaged. */
export function readModel(name: ModelName, parts: ModelParts): ReadModel {
  return readers[name](parts);
}
