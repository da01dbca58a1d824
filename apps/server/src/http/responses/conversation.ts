import type { ChatMessage, JsonObject, MessageContent, ToolCall, ToolDefinition } from '@halftone/chat';
import type { ChatPromptRequest } from '@halftone/conversation';
import type { InputItem, ResponsesBody } from './schema';

/** A conversation of the Responses API for the chat template. */
export function chatOf({ input, instructions, tools }: ResponsesBody): ChatPromptRequest {
  const head: ChatMessage[] =
    instructions === undefined || instructions === null || instructions === ''
      ? []
      : [{ role: 'system', content: instructions }];
  const items = typeof input === 'string' ? [{ role: 'user', content: input } as const] : input;
  const turns = new Turns();
  for (const item of items) turns.add(item);
  return { messages: [...head, ...turns.messages], tools: (tools ?? []).map(toolOf) };
}

/** Makes messages of items. Calls and texts of one answer stand in items of their own; together they are one message. */
class Turns {
  readonly messages: ChatMessage[] = [];
  /** The calls of the last message, where it is an answer. */
  #calls: ToolCall[] = [];

  add(item: InputItem): void {
    if ('role' in item) {
      this.#push(messageOf(item as Extract<InputItem, { readonly role: string }>));
      return;
    }
    switch (item.type) {
      case 'function_call': {
        const { call_id: id, name, arguments: text } = item;
        this.#call({ id, type: 'function', function: { name, arguments: text } });
        return;
      }
      case 'function_call_output': {
        const { call_id: id, output } = item;
        this.#push({ role: 'tool', tool_call_id: id, content: contentOf(output) });
        return;
      }
      default:
      // What the model thought before is not told to it again, as this API has it for reasoning without its text.
    }
  }

  #push(message: ChatMessage): void {
    this.messages.push(message);
    this.#calls = [];
  }

  #call(call: ToolCall): void {
    if (this.#calls.length === 0) {
      const last = this.messages.at(-1);
      const answer = last?.role === 'assistant' ? last : { role: 'assistant' as const, content: '' };
      if (answer === last) this.messages.pop();
      this.messages.push({ ...answer, tool_calls: this.#calls });
    }
    this.#calls.push(call);
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

function toolOf({
  type,
  name,
  description,
  parameters,
  strict,
}: NonNullable<ResponsesBody['tools']>[number]): ToolDefinition {
  return {
    type,
    function: {
      name,
      ...(description === undefined || description === null ? {} : { description }),
      ...(parameters === undefined || parameters === null ? {} : { parameters: parameters as JsonObject }),
      ...(strict === undefined || strict === null ? {} : { strict }),
    },
  };
}
