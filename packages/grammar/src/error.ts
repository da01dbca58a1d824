import { HalftoneError } from '@halftone/errors';

/**
 * A grammar or a regular expression that cannot be followed.
 *
 * - `bad-grammar`: it is not written as it should be, or it is too large
 * - `left-recursion`: a rule begins with itself
 * - `unsupported`: it asks for what is not done here, such as looking behind
 */
export class GrammarError extends HalftoneError<'bad-grammar' | 'left-recursion' | 'unsupported'> {}
