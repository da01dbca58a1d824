export { ImatrixError, type ImatrixErrorCode } from './error';
export {
  importanceOfRow,
  matchImportance,
  type ImportanceMatch,
  type MatchTensor,
  type MissingImportance,
  type TensorImportance,
} from './match';
export { readImatrix } from './read';
export type { ImportanceEntry, ImportanceMatrix } from './types';
