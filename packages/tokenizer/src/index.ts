export { TokenizerError, type TokenizerErrorCode } from './error';
export type { TokenRoles } from './roles';
export type { TokenAttributes } from './special-tokens';
export { StreamDecoder } from './stream-decoder';
export type { Dialect } from './text-model';
export { createTokenizer, type EncodeOptions, type Tokenizer, type TokenizerOptions } from './tokenizer';
export { MAX_TOKENS, tokenKinds, type TokenKind } from './vocabulary';
export { preTokenizerNames } from './words/pre-tokenizers';
