import { isJsonObject, type JsonObject, type JsonValue } from './json';

/** Text as a part of a message's content. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** A part that is no text: an image, a sound, a file. Templates that know its type put a mark in its place. */
export interface OtherPart {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Content as clients of OpenAI's API send it: text, parts, or nothing. */
export type MessageContent = string | readonly (TextPart | OtherPart)[] | null;

/** Instructions. `developer` is the newer name of `system`. */
export interface SystemMessage {
  readonly role: 'system' | 'developer';
  readonly content: MessageContent;
  readonly name?: string | undefined;
}

/** What the user says. */
export interface UserMessage {
  readonly role: 'user';
  readonly content: MessageContent;
  readonly name?: string | undefined;
}

/** What the model said: content, calls of tools, or both. */
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content?: MessageContent | undefined;
  /** What the model thought before it answered. */
  readonly reasoning_content?: string | null | undefined;
  readonly tool_calls?: readonly ToolCall[] | null | undefined;
  readonly name?: string | undefined;
}

/** What a tool gave back. */
export interface ToolMessage {
  readonly role: 'tool';
  readonly content: MessageContent;
  /** The id of the call that this answers. */
  readonly tool_call_id?: string | null | undefined;
  readonly name?: string | undefined;
}

/** A message in the shape of OpenAI's chat completions. */
export type ChatMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** A call of a tool. */
export interface ToolCall {
  readonly id?: string | null | undefined;
  readonly type?: 'function' | undefined;
  readonly function: {
    readonly name: string;
    /** An object; clients send it as text in JSON. */
    readonly arguments: string | JsonObject;
  };
}

/** A tool that the model may call. */
export interface ToolDefinition {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string | undefined;
    /** A JSON schema. */
    readonly parameters?: JsonObject | undefined;
    readonly [key: string]: JsonValue | undefined;
  };
}

/** Whether a value has what a definition of a tool cannot do without: a function with a name. */
export function isToolDefinition(value: unknown): value is ToolDefinition {
  if (!isJsonObject(value)) return false;
  const { function: definition } = value;
  return isJsonObject(definition) && typeof definition['name'] === 'string';
}
