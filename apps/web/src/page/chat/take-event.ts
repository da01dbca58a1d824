import type { ChatEvent } from '../api/chat-stream';
import type { AssistantTurn } from './conversation';

/** Let an answer grow by what came of it. */
export function takeEvent(turn: AssistantTurn, event: ChatEvent): void {
  switch (event.kind) {
    case 'reading':
      return;
    case 'text':
      turn.text += event.text;
      return;
    case 'reasoning':
      turn.reasoning += event.text;
      return;
    case 'call':
      turn.calls[event.index] = { id: event.id, name: event.name, arguments: '', result: '' };
      return;
    case 'arguments': {
      const call = turn.calls[event.index];
      if (call !== undefined) call.arguments += event.text;
      return;
    }
    case 'end':
      if (event.reason === 'length') turn.ending = 'length';
      return;
    case 'usage':
      turn.cost = { usage: event.usage, timings: event.timings };
  }
}
