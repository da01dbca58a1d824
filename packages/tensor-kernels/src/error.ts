import { HalftoneError } from '@halftone/errors';

/**
 * Why a backend does not work. `unknown-backend`: there is none of that name. `unavailable`: it cannot run here, or gave other
 * bytes than the reference when it was tried. `wrong-length`: arrays whose lengths do not fit each other.
 */
export type KernelErrorCode = 'unknown-backend' | 'unavailable' | 'wrong-length';

/** What this package throws on purpose, besides the `FormatError` of rows that do not fit their format. */
export class KernelError extends HalftoneError<KernelErrorCode> {}
