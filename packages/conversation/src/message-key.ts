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

/** How like two messages are that say the same: by the ids of their calls, by how they are written, by what was thought. */
export function likeness(one: AssistantMessage, other: AssistantMessage): number {
  const [ids, otherIds] = [callIds(one), callIds(other)];
  const isSameCalls = ids !== undefined && ids === otherIds;
  const isSameText = exactText(one) === exactText(other);
  const isSameReasoning = (one.reasoning_content ?? '').trim() === (other.reasoning_content ?? '').trim();
  return 4 * Number(isSameCalls) + 2 * Number(isSameText) + Number(isSameReasoning);
}

/** The ids of the calls; `undefined` where there are none. */
function callIds({ tool_calls: calls }: AssistantMessage): string | undefined {
  const ids = (calls ?? []).map(({ id }) => id ?? '');
  return ids.some((id) => id !== '') ? JSON.stringify(ids) : undefined;
}

function exactText({ content, tool_calls: calls }: AssistantMessage): string {
  const written = (calls ?? []).map(({ function: { name, arguments: value } }) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return JSON.stringify([contentText(content ?? ''), written]);
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
