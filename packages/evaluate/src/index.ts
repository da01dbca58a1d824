export { BaseFile, BaseFileWriter, scoredPlaces, type BaseFileHead } from './base-file';
export { readChoiceFile } from './choice/choice-file';
export { drawHellaSwag, drawTasks } from './choice/draw';
export { readHellaSwag } from './choice/hella-swag';
export { ChoiceScore, type ChoiceReport } from './choice/score';
export { meanLogProbability, scoredSequences, type ScoredSequence } from './choice/sequences';
export type { ChoiceAnswer, ChoiceTask } from './choice/task';
export { readWinogrande } from './choice/winogrande';
export {
  Divergence,
  klDivergence,
  percentiles,
  type Distribution,
  type DivergenceReport,
} from './divergence';
export { processEscapes } from './escapes';
export { EvaluateError, type EvaluateErrorCode } from './error';
export { logSumExp, toLogProbabilities } from './log-probabilities';
export { Perplexity } from './perplexity';
export type { Estimate } from './statistics';
export { textWindows, type TextWindows } from './windows';
export { isExact } from './tool-calls/exact';
export { readToolTasks, type ScoredCall, type ToolTask } from './tool-calls/tool-tasks';
