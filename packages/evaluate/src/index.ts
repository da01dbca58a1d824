export { BaseFile, BaseFileWriter, isBaseFile, type BaseFileHead } from './base-file';
export { scoredCount, textChunks, type TextChunkOptions, type TextChunks } from './chunks';
export { readChoiceFile } from './choice/choice-file';
export { drawHellaSwag, drawTasks } from './choice/draw';
export { readHellaSwag } from './choice/hella-swag';
export { ChoiceScore, type ChoiceReport } from './choice/score';
export { meanLogProbability, scoredSequences, type ScoredSequence } from './choice/sequences';
export type { ChoiceAnswer, ChoiceTask } from './choice/task';
export { readWinogrande } from './choice/winogrande';
export {
  Divergence,
  percentiles,
  type Distribution,
  type DivergenceReport,
  type Percentile,
} from './divergence';
export { processEscapes } from './escapes';
export { EvaluateError, type EvaluateErrorCode } from './error';
export { logSumExp, toLogProbabilities } from './log-probabilities';
export { Perplexity } from './perplexity';
export type { Estimate } from './statistics';
export type { MadeCall } from './tool-calls/exact';
export { ToolCallScore, type ToolCallReport } from './tool-calls/score';
export { readToolTasks, type ScoredCall, type ToolTask } from './tool-calls/tool-tasks';
