import { HalftoneError } from '@halftone/errors';

/**
 * What can be wrong with a recipe, or with a plan.
 *
 * Text of a recipe:
 * - `text-too-long`, `too-many-rules`, `pattern-too-long`: a cap is exceeded
 * - `no-rules`: there is not one rule in the text
 * - `missing-equals`, `missing-pattern`, `several-equals`, `comment-in-list`: an item is no `pattern=type`
 * - `unknown-type`: the type is none that can be written
 * - `activation-type`: the type is one of activations, which no tensor is stored in
 * - `broken-pattern`: the pattern is no regular expression
 * - `unsupported-pattern`: the pattern uses what not every reader of recipes understands alike, or what needs backtracking
 * - `unterminated-block`, `ambiguous-script`, `shell-expansion`: the rules cannot be told from the rest of a script
 *
 * Plan:
 * - `unknown-ftype`: no such file type
 * - `unwritable-type`: a tensor would have a type that is read and not written
 * - `missing-layer-count`: a default type depends on the number of layers, and the metadata does not tell it
 * - `requantize`: a tensor is quantized already
 * - `no-extra-output`: a second output matrix would not be smaller than the one of the source
 * - `nothing-to-repack`: no tensor has rows that could be interleaved, or taken apart
 * - `unused-rules`, `fallback`: reported by every plan, an error in a strict one
 */
export type RecipeErrorCode =
  | 'text-too-long'
  | 'too-many-rules'
  | 'pattern-too-long'
  | 'no-rules'
  | 'missing-equals'
  | 'missing-pattern'
  | 'several-equals'
  | 'comment-in-list'
  | 'unknown-type'
  | 'activation-type'
  | 'broken-pattern'
  | 'unsupported-pattern'
  | 'unterminated-block'
  | 'ambiguous-script'
  | 'shell-expansion'
  | 'unknown-ftype'
  | 'unwritable-type'
  | 'missing-layer-count'
  | 'requantize'
  | 'no-extra-output'
  | 'nothing-to-repack'
  | 'unused-rules'
  | 'fallback';

/** A recipe that cannot be read, or a plan that cannot be made. */
export class RecipeError extends HalftoneError<RecipeErrorCode> {}
