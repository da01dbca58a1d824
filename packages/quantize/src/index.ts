export {
  compareWeights,
  type CompareOptions,
  type Comparison,
  type TensorComparison,
  type WorstBlock,
} from './compare/compare';
export { differenceFigures, type DifferenceFigures, type DifferenceSums } from './compare/difference';
export { comparisonTotals, type ComparisonTotal, type TypeTotal } from './compare/totals';
export { QuantizeError, type QuantizeErrorCode } from './error';
export type { KeptTensors, RedoOptions } from './keep-tensors';
export { modelShape } from './model-shape';
export { parseOverrides } from './overrides';
export { outputMetadata, type ImportanceProvenance, type Provenance } from './output-metadata';
export {
  prepare,
  prepareRepacking,
  preview,
  usesImportance,
  type Prepared,
  type Preview,
  type QuantizeOptions,
} from './prepare';
export { quantize, type QuantizeJob } from './quantize';
export { quantizeToFile, type FileJob, type UnfinishedWork } from './quantize-to-file';
export { relativeError } from './relative-error';
export type { QuantizeListener, QuantizeProgress, TensorReport } from './tensor-report';
