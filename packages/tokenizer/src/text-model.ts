import type { IdList } from './id-list';

/** How a vocabulary of one kind turns text without special tokens into ids, and ids into bytes. */
export interface TextModel {
  /** Append the ids of a piece of text to `out`; `isStart` tells whether it begins the text or follows a special token. */
  encode(text: string, isStart: boolean, out: IdList): void;
  /** The bytes that a token stands for in text. */
  bytesOf(id: number): Uint8Array;
  /** Whether a space at the start of a text was put there by `encode`, so that decoding takes it away. */
  readonly addsSpace: boolean;
}

/** How words are cut: as the model's own tokenizer does, or as llama.cpp does, which has simpler classes of characters. */
export type Dialect = 'original' | 'llama.cpp';
