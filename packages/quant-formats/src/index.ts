export { activationTypeById, activationTypes, type ActivationType } from './activation-types';
export { FormatError, type FormatErrorCode } from './error';
export {
  bytesInFile,
  bytesPerRow,
  rowCount,
  rowsTogether,
  type EncodableFormat,
  type Field,
  type FieldEncoding,
  type FormatDefinition,
  type FormatFamily,
  type ImportanceUse,
  type Interleaving,
} from './format';
export { isRepacking, repackRows } from './interleave/repack';
export { formatById, formatNames, isFormatName } from './registry';
export { formats, type FormatName } from './registry.generated';
export { checkDecodeLengths, checkEncodeArguments, decodeRows, encodeRows } from './rows';
export type { Multipliers, SearchDescription } from './search/description';
export type { AffineDescription, ProbePlaces } from './search/affine/description';
