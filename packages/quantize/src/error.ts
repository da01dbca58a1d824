import { HalftoneError } from '@halftone/errors';

/**
 * What can go wrong while a model is quantized, beyond what the rooms below report.
 *
 * Before any work:
 * - `split-model`: the model is split over several files
 * - `missing-importance`: a type cannot do without importance, or, in a strict preparation, a tensor could use it and has none
 * - `row-too-long`: a row is longer than what is held in memory at a time
 * - `invalid-threads`: the number of threads is none
 * - `other-plan`: the plan was made for another file
 * - `same-file`: the output would take the place of the source
 * - `other-job`: an unfinished output of another job is in the way
 * - `output-locked`: another process is at work on the output
 * - `other-model`: the output of which tensors are to be kept was made of another model
 * - `no-match`: no tensor would be made again
 * - `invalid-override`: what should take the place of metadata is not understood, or not possible
 * - `other-tensors`: two files that are to be compared do not hold the same tensors
 * - `other-types`: in a strict preparation, a tensor that is kept would get another type now
 *
 * During the work:
 * - `not-finite`: a weight of the source is NaN or infinite
 * - `out-of-range`: a weight lies beyond the range of its new type
 * - `encoding-failed`: what was encoded does not decode to finite weights
 * - `worker-failed`: an encoder thread failed or ended
 * - `aborted`: the signal of the job, or the end of the work, put an end to it
 */
export type QuantizeErrorCode =
  | 'split-model'
  | 'missing-importance'
  | 'row-too-long'
  | 'invalid-threads'
  | 'other-plan'
  | 'same-file'
  | 'other-job'
  | 'output-locked'
  | 'other-model'
  | 'no-match'
  | 'invalid-override'
  | 'other-tensors'
  | 'other-types'
  | 'not-finite'
  | 'out-of-range'
  | 'encoding-failed'
  | 'worker-failed'
  | 'aborted';

/** A model that cannot be quantized, or not in the way that was asked for. */
export class QuantizeError extends HalftoneError<QuantizeErrorCode> {}
