export { bytesPerRow, type Field, type FieldEncoding, type FormatDefinition, type FormatFamily, type ImportanceUse } from './format';
export type { FormatName } from './registry.generated';
