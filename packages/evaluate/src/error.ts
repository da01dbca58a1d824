import { HalftoneError } from '@halftone/errors';

/**
 * What can be wrong with the material of an evaluation.
 *
 * - `not-a-base-file`: the file does not begin as a file of base predictions does
 * - `bad-count`: a number in its header that no such file has
 * - `truncated`: the file is shorter than its header says
 * - `trailing-bytes`: the file goes on after its end
 * - `out-of-range`: a token that the vocabulary does not have, another vocabulary, or a place or chunk that there is not
 * - `too-short`: the text has too few tokens for two chunks, or an answer too few to be scored
 * - `bad-task`: what stands in a file of tasks is no task
 * - `not-a-number`: a model's prediction is NaN
 */
export type EvaluateErrorCode =
  | 'not-a-base-file'
  | 'bad-count'
  | 'truncated'
  | 'trailing-bytes'
  | 'out-of-range'
  | 'too-short'
  | 'bad-task'
  | 'not-a-number';

/** Material that a model cannot be evaluated with. */
export class EvaluateError extends HalftoneError<EvaluateErrorCode> {}
