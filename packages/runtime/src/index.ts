export { normalized, Pooler, poolings, type Pooling } from './embed/pooling';
export { RuntimeError, type RuntimeErrorCode } from './error';
export {
  Continuation,
  type ContinuationEnd,
  type ContinuationOptions,
  type EndReason,
  type NextToken,
  type TokenConstraint,
} from './generate/continuation';
export {
  generate,
  type GeneratedEnd,
  type GeneratedToken,
  type GenerateEvent,
  type GenerateOptions,
  type Timing,
} from './generate/generate';
export { estimateMemory, type MemoryEstimate } from './model/memory';
export { loadModel, type LoadOptions, type Model } from './model/model';
export { planModel, type ModelPlan } from './model/model-plan';
export {
  samplingDefaults,
  samplingFault,
  type SamplingFault,
  type SamplingOptions,
} from './sampling/options';
export { Sampler } from './sampling/sampler';
export type { BatchEntry } from './session/batch';
export type { SessionOptions } from './session/options';
export type { SavedSequence, Sequence } from './session/sequence';
export type { LogitsRow, Session, StepOptions } from './session/session';
export { checkTensors, type TensorCheckProgress } from './weights/check-tensors';
export { collectImportance, type CollectOptions } from './chunks/collect-importance';
export { evaluateChunks, type ChunkOptions, type ChunkRow } from './chunks/evaluate-chunks';
export type { Chunks } from './chunks/text-chunks';
