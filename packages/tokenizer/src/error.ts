import { HalftoneError } from '@halftone/errors';

/**
 * What can be wrong with a vocabulary or its use.
 *
 * - `missing-key`: the metadata lacks what a tokenizer is made of
 * - `wrong-type`: a key has another type than it should
 * - `wrong-length`: lists of the vocabulary are too long, or not as long as they should be
 * - `unknown-model`, `unknown-pre-tokenizer`: a way to tokenize that is not known here
 * - `duplicate-token`: two tokens of one text
 * - `bad-merge`: a merge whose parts or whole are no tokens
 * - `out-of-range`: an id that the vocabulary does not have
 * - `no-token`: a byte that no token stands for
 * - `bad-token`: a token that cannot be what the vocabulary says of it
 * - `bad-character-map`: the table that a vocabulary normalizes text with is damaged
 * - `too-long`: a text or a token that is longer than can be worked on
 */
export type TokenizerErrorCode =
  | 'missing-key'
  | 'wrong-type'
  | 'wrong-length'
  | 'unknown-model'
  | 'unknown-pre-tokenizer'
  | 'duplicate-token'
  | 'bad-merge'
  | 'out-of-range'
  | 'no-token'
  | 'bad-token'
  | 'bad-character-map'
  | 'too-long';

/** A vocabulary that no tokenizer can be made of, or an id or a text that it has no place for. */
export class TokenizerError extends HalftoneError<TokenizerErrorCode> {}
