import type { Changed } from './change';
import { isEmpty, joinedContent, type PlainMessage } from './message';

/** Assistant messages that say nothing and call nothing are left out: templates refuse them, or write an empty turn. */
export function dropEmpty(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const saysNothing = ({ role, content, calls, reasoning }: PlainMessage): boolean =>
    role === 'assistant' && isEmpty(content) && calls.length === 0 && reasoning === undefined;
  return {
    messages: messages.filter((one) => !saysNothing(one)),
    changes: messages.filter(saysNothing).map(() => 'empty-dropped'),
  };
}

/**
 * Neighbours of one role become one message: texts with an empty line between them, calls in a row. Results of tools stay
 * apart. (mistral-common does the same before it encodes; many templates refuse two messages of one role.)
 */
export function mergeNeighbours(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const merged: PlainMessage[] = [];
  for (const message of messages) {
    const previous = merged.at(-1);
    if (previous?.role === message.role && message.role !== 'tool')
      merged.splice(-1, 1, joined(previous, message));
    else merged.push(message);
  }
  const count = messages.length - merged.length;
  return { messages: merged, changes: Array.from({ length: count }, () => 'merged' as const) };
}

function joined(first: PlainMessage, second: PlainMessage): PlainMessage {
  const reasoning = [first.reasoning, second.reasoning].filter((text) => text !== undefined);
  return {
    ...first,
    content: joinedContent(first.content, second.content),
    calls: [...first.calls, ...second.calls],
    ...(reasoning.length === 0 ? {} : { reasoning: reasoning.join('\n\n') }),
  };
}
