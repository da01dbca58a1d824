import type { Changed } from './change';
import { joinedContent, type PlainMessage } from './message';

/**
 * System messages after the first other message become messages of the user, where they stand. Moving them to the head
 * would change the beginning of the prompt, and with it everything that is cached behind it.
 */
export function foldLateSystem(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const head = messages.findIndex(({ role }) => role !== 'system');
  const isLate = ({ role }: PlainMessage, index: number): boolean =>
    role === 'system' && head >= 0 && index > head;
  return {
    messages: messages.map((one, index) => (isLate(one, index) ? { ...one, role: 'user' } : one)),
    changes: messages.filter(isLate).map(() => 'system-folded'),
  };
}

/** For a template without a place for them: the system message becomes the beginning of what the user says first. */
export function foldHeadSystem(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const [first, ...rest] = messages;
  if (first?.role !== 'system') return { messages, changes: [] };
  const [next, ...others] = rest;
  const folded: readonly PlainMessage[] =
    next?.role === 'user'
      ? [{ ...next, content: joinedContent(first.content, next.content) }, ...others]
      : [{ ...first, role: 'user' }, ...rest];
  return { messages: folded, changes: ['system-folded'] };
}
