import { HalftoneError } from '@halftone/errors';

/** What can go wrong while a model is quantized, beyond what the rooms below report. */
export type QuantizeErrorCode =
  | 'aborted'
  | 'missing-importance'
  | 'missing-metadata'
  | 'no-space'
  | 'no-tensor-data'
  | 'not-finite'
  | 'out-of-range'
  | 'same-file'
  | 'split-model'
  | 'worker-failed';

/** An error of the quantize room. */
export class QuantizeError extends HalftoneError<QuantizeErrorCode> {}
