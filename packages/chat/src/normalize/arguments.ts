import { parseObject, type JsonObject } from '../json';
import type { Changed } from './change';
import type { PlainMessage } from './message';

/** For templates that want objects: arguments as objects. Text that is none stays, so that an odd call can be told from none. */
export function argumentsAsObjects(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const changes: 'arguments-kept'[] = [];
  const parsed = (value: string | JsonObject): string | JsonObject => {
    if (typeof value !== 'string') return value;
    const object = value.trim() === '' ? {} : parseObject(value);
    if (object === undefined) changes.push('arguments-kept');
    return object ?? value;
  };
  return { messages: withArguments(messages, parsed), changes };
}

/** For templates that take text as it is: objects as text. No text at all is an object without keys. */
export function argumentsAsText(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const written = (value: string | JsonObject): string => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text.trim() === '' ? '{}' : text;
  };
  return { messages: withArguments(messages, written), changes: [] };
}

function withArguments(
  messages: readonly PlainMessage[],
  change: (value: string | JsonObject) => string | JsonObject,
): readonly PlainMessage[] {
  return messages.map((message) => ({
    ...message,
    calls: message.calls.map((call) => ({ ...call, arguments: change(call.arguments) })),
  }));
}
