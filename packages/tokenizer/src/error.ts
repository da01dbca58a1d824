import { HalftoneError } from '@halftone/errors';

/**
 * What can be wrong with a vocabulary or its use.
 *
 * - `missing-key`: the metadata lacks what a tokenizer is made of
 * - `wrong-type`: a key has another type than it should
 * - `wrong-length`: lists of the vocabulary that should be equally long are not
 * - `unknown-model`, `unknown-pre-tokenizer`: a way to tokenize that is not known here
 * - `duplicate-token`: two tokens of one text
 * - `bad-merge`: a merge whose parts or whole are no tokens
 * - `out-of-range`: an id that the vocabulary does not have
 * - `no-token`: a byte that no token stands for
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
  | 'no-token';

/** A vocabulary that no tokenizer can be made of, or an id or a text that it has no place for. */
export class TokenizerError extends HalftoneError<TokenizerErrorCode> {}
