export { TokenizerError, type TokenizerErrorCode } from './error';
export { preTokenizerNames } from './pre-tokenizers';
export { StreamDecoder } from './stream-decoder';
export { createTokenizer, type EncodeOptions, type Tokenizer } from './tokenizer';
export { tokenKinds, type TokenKind } from './vocabulary';
