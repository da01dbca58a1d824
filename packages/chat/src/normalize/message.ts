import type { JsonObject } from '../json';
import type { OtherPart, TextPart } from '../messages';

/** Content without nothing: text, or the parts of a message that has more than text. */
export type Content = string | readonly (TextPart | OtherPart)[];

/** A call of a tool whose id may still have to be made. */
export interface PlainCall {
  readonly id: string | undefined;
  readonly name: string;
  readonly arguments: string | JsonObject;
}

/** A message with everything in one form: no nulls, no newer names, text joined. */
export interface PlainMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: Content;
  readonly name?: string;
  readonly reasoning?: string;
  /** Calls of an assistant message; empty elsewhere. */
  readonly calls: readonly PlainCall[];
  /** The call that a result of a tool names. */
  readonly callId?: string;
}

/** Whether there is no content. */
export function isEmpty(content: Content): boolean {
  return content.length === 0;
}

/** Content one after the other, with an empty line between texts. */
export function joinedContent(first: Content, second: Content): Content {
  if (isEmpty(first)) return second;
  if (isEmpty(second)) return first;
  if (typeof first === 'string' && typeof second === 'string') return `${first}\n\n${second}`;
  return [...partsOf(first), ...partsOf(second)];
}

/** Content as parts. */
export function partsOf(content: Content): readonly (TextPart | OtherPart)[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
