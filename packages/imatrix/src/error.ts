import { HalftoneError } from '@halftone/errors';

/**
 * What can be wrong with an importance matrix.
 *
 * - `empty`: there are no entries
 * - `truncated`: the file ends inside an entry or inside the trailer
 * - `trailing-bytes`: the file goes on after its end
 * - `no-importance-matrix`: a GGUF file that is something else, such as a model
 * - `unpaired-tensor`: a GGUF file has sums without counts, or counts without sums
 * - `wrong-type`: sums or counts of another type than F32
 * - `too-many-entries`, `bad-name`, `bad-count`: a count or a name that no importance matrix has
 * - `bad-value`: activations, their squares or their sums are not finite, or a sum of squares is negative
 * - `duplicate-entry`: two entries of one name
 * - `other-model`: no entry has the name of a tensor of the model
 * - `wrong-length`: two records of one tensor differ in shape, or an entry has another length than its tensor has columns
 */
export type ImatrixErrorCode =
  | 'empty'
  | 'truncated'
  | 'trailing-bytes'
  | 'no-importance-matrix'
  | 'unpaired-tensor'
  | 'wrong-type'
  | 'too-many-entries'
  | 'bad-name'
  | 'bad-count'
  | 'bad-value'
  | 'duplicate-entry'
  | 'other-model'
  | 'wrong-length';

/** An importance matrix that cannot be collected, read or written, or that belongs to another model. */
export class ImatrixError extends HalftoneError<ImatrixErrorCode> {}
