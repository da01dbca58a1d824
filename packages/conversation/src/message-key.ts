import { canonicalJson, type AssistantMessage, type JsonObject, type MessageContent } from '@halftone/chat';

/** Levels of arguments that are looked into. Deeper ones are compared as text: only a hostile client sends them. */
const MAX_DEPTH = 100;

/**
 * What an answer says, in one form: clients trim content, write it in parts or leave it out, and write the JSON of arguments
 * with other spaces and another order of keys. Ids are no part of it, for some clients make their own.
 */
export function messageKey({ content, tool_calls: calls }: AssistantMessage): string {
  const written = (calls ?? []).map(({ function: { name, arguments: value } }) => [
    name,
    argumentsKey(value),
  ]);
  return JSON.stringify([contentText(content ?? '').trim(), written]);
}

function contentText(content: NonNullable<MessageContent>): string {
  if (typeof content === 'string') return content;
  return content.map(({ type, text }) => (typeof text === 'string' ? text : `[${type}]`)).join('');
}

function argumentsKey(value: string | JsonObject): string {
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
  try {
    return canonicalJson(JSON.parse(text === '' ? '{}' : text), MAX_DEPTH) ?? text;
  } catch {
    // What is no JSON is compared as text.
    return text;
  }
}
