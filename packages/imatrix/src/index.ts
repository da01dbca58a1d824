export { DEFAULT_CHUNK_SIZE, withChunkSize } from './chunks';
export { ImportanceCollector, type ActivationSums, type CollectorOptions } from './collector';
export { ImatrixError, type ImatrixErrorCode } from './error';
export {
  importanceOfRow,
  matchImportance,
  type ImportanceMatch,
  type MatchTensor,
  type MissingImportance,
  type TensorImportance,
} from './match';
export { meanSquares, unhitExperts } from './mean-squares';
export { mergeImportance } from './merge';
export { readImportanceMatrix } from './read';
export {
  importanceStatistics,
  type ImportanceStatistics,
  type LayerStatistics,
  type TensorStatistics,
} from './statistics';
export type { ImportanceEntry, ImportanceMatrix } from './types';
export { writeImportanceMatrix, type ImatrixForm } from './write';
