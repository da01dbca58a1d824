import { isEmpty, type Conversation, type Turn } from './conversation';
import type { Sampling, ToolDefinition } from './settings';

/** The body of `POST /v1/chat/completions`. */
export interface ChatRequest extends Sampling {
  readonly messages: readonly object[];
  readonly tools?: readonly ToolDefinition[];
  readonly stream: true;
  readonly stream_options: { readonly include_usage: true };
}

/** Ask for the next turn of a conversation. Numbers that are left out have the server's defaults. */
export function chatRequest(
  { systemPrompt, turns }: Conversation,
  sampling: Sampling,
  tools: readonly ToolDefinition[],
): ChatRequest {
  const system = systemPrompt.trim() === '' ? [] : [{ role: 'system', content: systemPrompt }];
  return {
    messages: [...system, ...turns.flatMap(messagesOf)],
    ...(tools.length === 0 ? {} : { tools }),
    ...sampling,
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** An answer and the results of its calls are one turn here, and several messages there. */
function messagesOf(turn: Turn): readonly object[] {
  if (turn.role === 'user') return [{ role: 'user', content: turn.text }];
  if (isEmpty(turn)) return [];
  const calls = turn.calls.map(({ id, name, arguments: text }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  }));
  const answer = {
    role: 'assistant',
    content: turn.text,
    ...(turn.reasoning === '' ? {} : { reasoning_content: turn.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const results = turn.calls.map(({ id, name, result }) => ({
    role: 'tool',
    tool_call_id: id,
    name,
    content: result,
  }));
  return [answer, ...results];
}
