import { HalftoneError } from '@halftone/errors';

/** Stable codes of {@link GgufError}, for programs. */
export type GgufErrorCode =
  // Reading: the file as a whole
  | 'wrong-magic'
  | 'big-endian'
  | 'unsupported-version'
  | 'truncated'
  | 'over-limit'
  // Reading and writing: metadata
  | 'unknown-value-type'
  | 'invalid-bool'
  | 'invalid-text'
  | 'invalid-value'
  | 'invalid-alignment'
  | 'duplicate-key'
  | 'wrong-metadata-type'
  // Reading and writing: the tensor table
  | 'unknown-format'
  | 'activation-type'
  | 'invalid-dimensions'
  | 'duplicate-tensor'
  | 'misaligned-tensor'
  | 'overlapping-tensors'
  | 'unused-data'
  // Models in several files
  | 'wrong-part'
  // Tensor data
  | 'no-tensor-data'
  | 'out-of-range'
  | 'wrong-length'
  | 'unwritable-format'
  // Files
  | 'closed'
  | 'changed'
  | 'not-found'
  | 'not-a-file'
  | 'no-permission'
  | 'no-space'
  | 'input-output';

/** Every error that reading or writing a GGUF file throws on purpose. */
export class GgufError extends HalftoneError<GgufErrorCode> {}
