import { renderChat, TextMarks, type ChatMessage, type ChatRequest, type ChatTemplate } from '@halftone/chat';
import type { RememberedAnswers } from './remembered-answers';

/** A conversation in which marks stand for what the model had answered. */
export interface MarkedAnswers {
  readonly messages: readonly ChatMessage[];
  /** Places of the messages that are marked. */
  readonly indices: readonly number[];
  /** Text, and in the place of each mark the place of its message; `undefined` where a mark has been torn apart. */
  split(text: string): readonly (string | number)[] | undefined;
}

/**
 * Put marks into the places of answers that may be remembered: whoever reads the rendered prompt finds where each answer begins. It ends
 * where the model's turn does, which templates write as the token that ends a text.
 *
 * @param without - places of messages that are left as they are.
 * @returns `undefined` where there is nothing to mark.
 * @throws {@link ChatError}.
 */
export function markAnswers(
  template: ChatTemplate,
  request: ChatRequest,
  answers: RememberedAnswers,
  without: ReadonlySet<number>,
): MarkedAnswers | undefined {
  const { messages } = request;
  const keepsReasoning = reasoningFinder(template, request);
  const indices = [...messages.keys()].filter(
    (index) => !without.has(index) && remembered(template, messages, answers, index).some(keepsReasoning),
  );
  if (indices.length === 0) return undefined;
  const marks = new TextMarks([template.source, JSON.stringify(request)]);
  const marked = messages.map((message, index) =>
    message.role === 'assistant' && indices.includes(index)
      ? { ...message, content: marks.of(index), reasoning_content: undefined }
      : message,
  );
  return { messages: marked, indices, split: (text) => marks.split(text) };
}

/** The reasonings of the answers that a message may be, if a mark can stand for it. */
function remembered(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  answers: RememberedAnswers,
  index: number,
): readonly string[] {
  const message = messages[index];
  if (message?.role !== 'assistant') return [];
  // Neighbours of one role are merged, and then the turn is more than this answer.
  if (messages[index - 1]?.role === 'assistant' || messages[index + 1]?.role === 'assistant') return [];
  const isCutUp = template.abilities.calls?.several === false && (message.tool_calls?.length ?? 0) > 1;
  return isCutUp ? [] : answers.reasoningsOf(message);
}

/** Tells whether what the model had thought stands in the prompt: templates and clients leave it out, and then it stays out. */
function reasoningFinder(template: ChatTemplate, request: ChatRequest): (reasoning: string) => boolean {
  let prompt: string | undefined;
  return (reasoning) =>
    reasoning === '' || (prompt ??= renderChat(template, request).text).includes(reasoning);
}
