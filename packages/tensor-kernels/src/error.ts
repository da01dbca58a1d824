import { HalftoneError } from '@halftone/errors';

/**
 * Why a backend does not work. `unknown-backend`: there is none of that name. `unavailable`: it cannot run here, or gave other
 * bytes than the reference when it was tried. `wrong-length`: arrays or buffers whose lengths do not fit each other. `unsupported`: no
 * arithmetic for this format, or no such op. `out-of-memory`: a buffer cannot be had. `out-of-range`: an index points outside what it
 * counts. `bad-op`: an op of a program that no device can run. `bad-option`: an option outside of what is allowed.
 */
export type KernelErrorCode =
  | 'unknown-backend'
  | 'unavailable'
  | 'wrong-length'
  | 'unsupported'
  | 'out-of-memory'
  | 'out-of-range'
  | 'bad-op'
  | 'bad-option';

/** What this package throws on purpose, besides the `FormatError` of rows that do not fit their format. */
export class KernelError extends HalftoneError<KernelErrorCode> {}
