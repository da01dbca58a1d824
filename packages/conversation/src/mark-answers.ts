import { renderChat, type ChatMessage, type ChatRequest, type ChatTemplate } from '@halftone/chat';
import type { RememberedAnswers } from './remembered-answers';

/** A conversation in which marks stand for what the model had answered. */
export interface MarkedAnswers {
  readonly messages: readonly ChatMessage[];
  /** Places of the messages that are marked. */
  readonly indices: readonly number[];
  /** Text, and in the place of each mark the place of its message. */
  split(text: string): readonly (string | number)[];
}

/** Unicode's private use area of the basic plane. */
const FIRST_PRIVATE = 0xe000;
const LAST_PRIVATE = 0xf8ff;

/**
 * Put marks into the places of answers that may be remembered: whoever reads the rendered prompt finds where each answer begins. It ends
 * where the model's turn does, which templates write as the token that ends a text.
 *
 * @param without - places of messages that are left as they are.
 * @returns `undefined` where there is nothing to mark.
 */
export function markAnswers(
  template: ChatTemplate,
  request: ChatRequest,
  answers: RememberedAnswers,
  without: ReadonlySet<number>,
): MarkedAnswers | undefined {
  const { messages } = request;
  const indices = [...messages.keys()].filter(
    (index) => !without.has(index) && isMarkable(template, request, answers, index),
  );
  const mark = indices.length === 0 ? undefined : freeMark(JSON.stringify(messages));
  if (mark === undefined) return undefined;
  const marked = messages.map((message, index) =>
    message.role === 'assistant' && indices.includes(index)
      ? { ...message, content: `${mark}${index}${mark}`, reasoning_content: undefined }
      : message,
  );
  // Marks come in pairs around the place of a message: every other piece is such a place.
  const split = (text: string): (string | number)[] =>
    text.split(mark).map((piece, place) => (place % 2 === 0 ? piece : Number(piece)));
  return { messages: marked, indices, split };
}

function isMarkable(
  template: ChatTemplate,
  request: ChatRequest,
  answers: RememberedAnswers,
  index: number,
): boolean {
  const { messages } = request;
  const message = messages[index];
  if (message?.role !== 'assistant') return false;
  // Neighbours of one role are merged, and then the turn is more than this answer.
  if (messages[index - 1]?.role === 'assistant' || messages[index + 1]?.role === 'assistant') return false;
  const isCutUp = template.abilities.calls?.several === false && (message.tool_calls?.length ?? 0) > 1;
  if (isCutUp) return false;
  return answers.reasoningsOf(message).some((reasoning) => keepsReasoning(template, request, reasoning));
}

/** Whether what the model had thought stands in the prompt: templates and clients leave it out, and then it stays out. */
function keepsReasoning(template: ChatTemplate, request: ChatRequest, reasoning: string): boolean {
  return reasoning === '' || renderChat(template, request).text.includes(reasoning);
}

/** A character that does not stand in a text; `undefined` if it has all of them. */
function freeMark(text: string): string | undefined {
  for (let code = FIRST_PRIVATE; code <= LAST_PRIVATE; code++) {
    const mark = String.fromCharCode(code);
    if (!text.includes(mark)) return mark;
  }
  return undefined;
}
