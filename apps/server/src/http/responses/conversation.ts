import type { ChatMessage, JsonObject, MessageContent, ToolDefinition } from '@halftone/chat';
import type { ChatPromptRequest } from '@halftone/conversation';
import { badField } from '../errors';
import type { InputItem, ResponsesBody } from './schema';

/** A conversation of the Responses API for the chat template. @throws HttpError 400. */
export function chatOf({ input, instructions, tools }: ResponsesBody): ChatPromptRequest {
  const head: ChatMessage[] =
    instructions === undefined || instructions === null || instructions === ''
      ? []
      : [{ role: 'system', content: instructions }];
  const items = typeof input === 'string' ? [{ role: 'user', content: input } as const] : input;
  const turns = items.reduce<readonly ChatMessage[]>(addItem, []);
  return { messages: [...head, ...turns], tools: (tools ?? []).map(toolOf) };
}

/** Calls and texts of one answer stand in items of their own; together they are one message. */
function addItem(messages: readonly ChatMessage[], item: InputItem): readonly ChatMessage[] {
  if ('role' in item) return [...messages, messageOf(item as Extract<InputItem, { readonly role: string }>)];
  switch (item.type) {
    case 'function_call': {
      const { call_id: id, name, arguments: text } = item;
      const call = { id, type: 'function' as const, function: { name, arguments: text } };
      const last = messages.at(-1);
      if (last?.role !== 'assistant') {
        return [...messages, { role: 'assistant', content: '', tool_calls: [call] }];
      }
      return [...messages.slice(0, -1), { ...last, tool_calls: [...(last.tool_calls ?? []), call] }];
    }
    case 'function_call_output': {
      const { call_id: id, output } = item;
      return [...messages, { role: 'tool', tool_call_id: id, content: contentOf(output) }];
    }
    default:
      // What the model thought before is not told to it again, as this API has it for reasoning without its text.
      return messages;
  }
}

function messageOf({ role, content }: Extract<InputItem, { readonly role: string }>): ChatMessage {
  return { role, content: contentOf(content) };
}

function contentOf(content: string | readonly { readonly type: string }[]): MessageContent {
  if (typeof content === 'string') return content;
  return content.map((part) =>
    'text' in part && typeof part.text === 'string' ? { type: 'text', text: part.text } : part,
  );
}

function toolOf(
  { type, name, description, parameters }: NonNullable<ResponsesBody['tools']>[number],
  index: number,
): ToolDefinition {
  if (type !== 'function' || name === undefined || name === '') {
    throw badField(`tools.${index}`, `tools.${index}: only functions with a name can be called`);
  }
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined || description === null ? {} : { description }),
      ...(parameters === undefined || parameters === null ? {} : { parameters: parameters as JsonObject }),
    },
  };
}
