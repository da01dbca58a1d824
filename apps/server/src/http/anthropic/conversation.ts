import type { AssistantMessage, ChatMessage, JsonObject, ToolCall, ToolDefinition } from '@halftone/chat';
import type { ChatPromptRequest } from '@halftone/conversation';
import type { AssistantBlock, CallBlock, ConversationBody, ResultBlock, UserBlock } from './schema';

/**
 * A line that Claude Code puts before its instructions, with another number each time. As a part of the prompt it would make
 * the cache useless, and it is meant for a bill.
 */
const BILLING_LINE = 'x-anthropic-billing-header:';

/** A conversation of Anthropic's API for the chat template. */
export function chatOf({ system, messages, tools }: ConversationBody): ChatPromptRequest {
  const instructions = typeof system === 'string' ? [system] : (system ?? []).map(({ text }) => text);
  const kept = instructions.filter((text) => !text.startsWith(BILLING_LINE));
  const head: ChatMessage[] = kept.length === 0 ? [] : [{ role: 'system', content: kept.join('\n\n') }];
  const turns = messages.flatMap(({ role, content }): readonly ChatMessage[] => {
    if (typeof content === 'string') return [{ role, content }];
    return role === 'assistant' ? [assistantMessage(content)] : userMessages(content);
  });
  return { messages: [...head, ...turns], tools: (tools ?? []).map(toolOf) };
}

function toolOf({
  name,
  description,
  input_schema: schema,
  strict,
}: NonNullable<ConversationBody['tools']>[number]): ToolDefinition {
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined || description === null ? {} : { description }),
      // What came out of a body of JSON is JSON.
      ...(schema === undefined ? {} : { parameters: schema as JsonObject }),
      ...(strict === undefined || strict === null ? {} : { strict }),
    },
  };
}

function assistantMessage(blocks: readonly AssistantBlock[]): AssistantMessage {
  const reasoning = blocks.flatMap((block) => (block.type === 'thinking' ? [block.thinking] : []));
  const texts = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  const calls = blocks.flatMap((block) => (block.type === 'tool_use' ? [callOf(block)] : []));
  return {
    role: 'assistant',
    content: texts.join('\n\n'),
    ...(reasoning.length === 0 ? {} : { reasoning_content: reasoning.join('\n\n') }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function callOf({ id, name, input }: CallBlock): ToolCall {
  return { id, type: 'function', function: { name, arguments: input as JsonObject } };
}

/** Results of tools first, then what the user says, as Anthropic's API asks for. */
function userMessages(blocks: readonly UserBlock[]): readonly ChatMessage[] {
  const results = blocks.flatMap((block) => (block.type === 'tool_result' ? [resultOf(block)] : []));
  const texts = blocks.filter((block) => block.type === 'text');
  return texts.length === 0 ? results : [...results, { role: 'user', content: texts }];
}

function resultOf({ tool_use_id: id, content = '' }: ResultBlock): ChatMessage {
  const text = typeof content === 'string' ? content : content.map((block) => block.text).join('\n');
  return { role: 'tool', tool_call_id: id, content: text };
}
