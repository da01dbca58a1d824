/**
 * What was changed in a conversation so that the template can render it.
 *
 * - `empty-dropped`: an assistant message with neither content nor calls was left out
 * - `system-folded`: a system message that the template has no place for became part of what the user says
 * - `id-made`: a call without an id, or with one that the template refuses, was given one
 * - `result-moved`: the result of a tool was moved behind its call, or into the order of the calls
 * - `result-paired`: a result that names no call, or an unknown one, was taken for the next call that has none
 * - `result-unpaired`: a result has no call; it stays where it is
 * - `calls-separated`: calls of one message became a message each, with their results
 * - `merged`: neighbours of one role became one message
 * - `turn-inserted`: a short turn was put between two of one side, because the template asks for turns
 * - `arguments-kept`: the arguments of a call are no JSON object; they stay the text that they are
 */
export type ChangeKind =
  | 'empty-dropped'
  | 'system-folded'
  | 'id-made'
  | 'result-moved'
  | 'result-paired'
  | 'result-unpaired'
  | 'calls-separated'
  | 'merged'
  | 'turn-inserted'
  | 'arguments-kept';

/** Messages that were changed, and how. */
export interface Changed<Message> {
  readonly messages: readonly Message[];
  /** One entry for each thing that was changed. */
  readonly changes: readonly ChangeKind[];
}
