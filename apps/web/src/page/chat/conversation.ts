import type { ChatTimings, ChatUsage } from '../api/chat-stream';
import type { Failure } from '../api/server-error';

/** A call of a tool, with the result that the user gave. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it; cut off while it comes. */
  arguments: string;
  result: string;
}

/** What an answer cost. */
export interface AnswerCost {
  readonly usage: ChatUsage;
  readonly timings: ChatTimings | undefined;
}

/** What a user said. */
export interface UserTurn {
  readonly role: 'user';
  readonly id: string;
  text: string;
}

/** What the model said. */
export interface AssistantTurn {
  readonly role: 'assistant';
  readonly id: string;
  text: string;
  reasoning: string;
  calls: ToolCall[];
  cost?: AnswerCost;
  /** Why it ended, where that was not the model's own doing. */
  ending?: 'stopped' | 'length';
  failure?: Failure;
}

/** One contribution to a conversation. */
export type Turn = UserTurn | AssistantTurn;

/** A conversation, as it is kept. */
export interface Conversation {
  readonly id: string;
  systemPrompt: string;
  turns: Turn[];
  /** Milliseconds since 1970. */
  changed: number;
}

/** A conversation in which nothing has been said. */
export function newConversation(systemPrompt: string): Conversation {
  return { id: newId(), systemPrompt, turns: [], changed: Date.now() };
}

/** What a user says, as a turn. */
export function userTurn(text: string): UserTurn {
  return { role: 'user', id: newId(), text };
}

/** An answer of which nothing has come yet. */
export function assistantTurn(): AssistantTurn {
  return { role: 'assistant', id: newId(), text: '', reasoning: '', calls: [] };
}

/** Letters of a title at most. */
const TITLE_LENGTH = 60;

/** What a conversation is called: the beginning of what was said first. */
export function titleOf({ turns }: Conversation): string {
  const [first] = turns;
  const line = first?.text.trim().replace(/\s+/g, ' ') ?? '';
  if (line === '') return 'New chat';
  const letters = Array.from(line);
  return letters.length <= TITLE_LENGTH ? line : `${letters.slice(0, TITLE_LENGTH - 1).join('')}…`;
}

/** Whether nothing came of an answer. */
export function isEmpty({ text, reasoning, calls }: AssistantTurn): boolean {
  return text === '' && reasoning === '' && calls.length === 0;
}

/** Not `crypto.randomUUID`: a page that came over plain HTTP from another machine does not have it. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
