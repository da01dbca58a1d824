import { HalftoneError } from '@halftone/errors';

/**
 * Why rows could not be encoded or decoded. `unsupported`: the format can be read but not written. `wrong-length`: the
 * number of columns, weights, bytes or importance values does not fit the format. `importance-required`: the format gives
 * unusable files without an importance vector.
 */
export type FormatErrorCode = 'unsupported' | 'wrong-length' | 'importance-required';

/** What the checked functions of this package throw. */
export class FormatError extends HalftoneError<FormatErrorCode> {}
