import type { Changed } from './change';
import type { PlainMessage } from './message';

/** What the assistant says between a tool's result and a user who does not wait for it. opencode does the same. */
const ASSISTANT_TURN: PlainMessage = { role: 'assistant', content: 'Done.', calls: [] };
/** What the user says before an assistant that speaks first. */
const USER_TURN: PlainMessage = { role: 'user', content: 'Hello.', calls: [] };

/**
 * For templates that refuse everything but user and assistant in turn: a short turn is put where one is missing. Messages
 * with calls and results of tools do not count as turns, as in Mistral's templates. Neighbours have to be merged before.
 */
export function takeTurns(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const inTurn: PlainMessage[] = [];
  let next: 'user' | 'assistant' = 'user';
  let inserted = 0;
  for (const message of messages) {
    if (isTurn(message)) {
      if (message.role !== next) {
        inTurn.push(next === 'user' ? USER_TURN : ASSISTANT_TURN);
        inserted++;
      }
      next = message.role === 'user' ? 'assistant' : 'user';
    }
    inTurn.push(message);
  }
  return { messages: inTurn, changes: Array.from({ length: inserted }, () => 'turn-inserted' as const) };
}

function isTurn({ role, calls }: PlainMessage): boolean {
  return role === 'user' || (role === 'assistant' && calls.length === 0);
}
