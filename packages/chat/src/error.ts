import { HalftoneError } from '@halftone/errors';

/**
 * What can be wrong with a template or with a conversation.
 *
 * - `no-template`: the metadata has no chat template, or none of the name that was asked for
 * - `wrong-type`: a key of the metadata is of another type than it has to be
 * - `bad-template`: the template is no Jinja that can be read here, or it is too long
 * - `refused`: the template itself refuses the conversation (`raise_exception`)
 * - `render-failed`: the template broke while it was rendered
 * - `too-much-work`: rendering took more steps, or made more text, than any real template does
 * - `unsupported-content`: a message has a part, such as an image, that the template has no place for
 * - `no-tools`: the conversation has tools or tool calls, and the template has no place for them
 * - `too-deep`: a message or a tool definition is nested deeper than any real one
 * - `too-long`: the prompt has more text than was allowed
 */
export type ChatErrorCode =
  | 'no-template'
  | 'wrong-type'
  | 'bad-template'
  | 'refused'
  | 'render-failed'
  | 'too-much-work'
  | 'unsupported-content'
  | 'no-tools'
  | 'too-deep'
  | 'too-long';

/** A chat template that cannot be used, or a conversation that it cannot render. What a model answers never throws. */
export class ChatError extends HalftoneError<ChatErrorCode> {}

/** Whether an error is a {@link ChatError} of one of these codes. */
export function isChatErrorOf(error: unknown, codes: readonly ChatErrorCode[]): error is ChatError {
  return error instanceof ChatError && codes.includes(error.code);
}
