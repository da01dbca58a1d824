import { HalftoneError } from '@halftone/errors';

/**
 * What can be wrong with an importance matrix.
 *
 * - `empty`: the file has no entries
 * - `gguf-form`: the file is a GGUF file, whose form of importance matrix is not read yet
 * - `truncated`: the file ends inside an entry or inside the trailer
 * - `trailing-bytes`: the file goes on after its end
 * - `too-many-entries`, `bad-name`, `bad-count`: a count or a name that no importance matrix has
 * - `bad-value`: a mean square that is negative or not finite
 * - `duplicate-entry`: two entries of one name
 * - `other-model`: no entry has the name of a tensor of the model
 * - `wrong-length`: an entry has another length than its tensor has columns
 */
export type ImatrixErrorCode =
  | 'empty'
  | 'gguf-form'
  | 'truncated'
  | 'trailing-bytes'
  | 'too-many-entries'
  | 'bad-name'
  | 'bad-count'
  | 'bad-value'
  | 'duplicate-entry'
  | 'other-model'
  | 'wrong-length';

/** An importance matrix that cannot be read, or that belongs to another model. */
export class ImatrixError extends HalftoneError<ImatrixErrorCode> {}
