import type { Answer, AssistantMessage } from '@halftone/chat';

/** An answer as the message that goes back into the conversation. */
export function answerMessage({ content, reasoning, calls }: Answer): AssistantMessage {
  return {
    role: 'assistant',
    content,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ id, name, arguments: text }) => ({
            id,
            type: 'function',
            function: { name, arguments: text },
          })),
        }),
  };
}
