import { HalftoneError } from '@halftone/errors';

/**
 * What can go wrong with a model that is to speak, beyond what the rooms below report.
 *
 * Before any work, about the file:
 * - `unknown-architecture`: an architecture that there is no program for
 * - `missing-key`: the metadata leave out what the architecture needs
 * - `bad-value`: a metadata value that no such model has
 * - `unsupported`: the model asks for something that is not done here, such as a sliding window
 * - `missing-tensor`, `wrong-shape`: the tensor table is not that of the architecture
 * - `wrong-vocabulary`: the vocabulary has another number of tokens than the token embedding has rows
 * - `not-finite`: a weight is NaN or infinite, or a logit that came of one
 * - `out-of-memory`: weights, cache and buffers do not fit into what is available
 *
 * About a request:
 * - `bad-option`: an option outside of what is allowed
 * - `bad-token`: a token that the vocabulary does not have, or no tokens where some are needed
 * - `no-token`: bans, or the constraint of a text, leave no token that may come next
 * - `context-full`: the cache has no room for the tokens of a batch
 * - `busy`: a sequence is changed while a step works on it, or stands twice in a batch
 * - `closed`: the model, the session or the sequence was closed before
 */
export type RuntimeErrorCode =
  | 'unknown-architecture'
  | 'missing-key'
  | 'bad-value'
  | 'unsupported'
  | 'missing-tensor'
  | 'wrong-shape'
  | 'wrong-vocabulary'
  | 'not-finite'
  | 'out-of-memory'
  | 'bad-option'
  | 'bad-token'
  | 'no-token'
  | 'context-full'
  | 'busy'
  | 'closed';

/** A model that cannot be run, or a request that it cannot answer. */
export class RuntimeError extends HalftoneError<RuntimeErrorCode> {}
