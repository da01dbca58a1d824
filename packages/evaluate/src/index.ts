export { BaseFile, BaseFileWriter, scoredPlaces, type BaseFileHead } from './base-file';
export {
  Divergence,
  klDivergence,
  percentiles,
  type Distribution,
  type DivergenceReport,
} from './divergence';
export { EvaluateError, type EvaluateErrorCode } from './error';
export { logSumExp, toLogProbabilities } from './log-probabilities';
export { Perplexity } from './perplexity';
export type { Estimate } from './statistics';
export { textWindows, type TextWindows } from './windows';
