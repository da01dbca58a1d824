import type { AssistantMessage, ChatMessage, JsonObject, ToolCall, ToolDefinition } from '@halftone/chat';
import type { ChatPromptRequest } from '@halftone/conversation';
import { badField } from '../errors';
import { ONLY_TEXT } from '../lists';
import {
  isCall,
  isResult,
  type Block,
  type CallBlock,
  type ConversationBody,
  type ResultBlock,
} from './schema';

/**
 * A line that Claude Code puts before its instructions, with another number each time. As a part of the prompt it would make
 * the cache useless, and it is meant for a bill.
 */
const BILLING_LINE = 'x-anthropic-billing-header:';

/** A conversation of Anthropic's API for the chat template. @throws HttpError 400 for tools that only Anthropic has. */
export function chatOf({ system, messages, tools }: ConversationBody): ChatPromptRequest {
  const instructions = typeof system === 'string' ? [system] : (system ?? []).map(({ text }) => text);
  const kept = instructions.filter((text) => !text.startsWith(BILLING_LINE));
  const head: ChatMessage[] = kept.length === 0 ? [] : [{ role: 'system', content: kept.join('\n\n') }];
  const turns = messages.flatMap(({ role, content }, index): readonly ChatMessage[] => {
    if (typeof content === 'string') return [{ role, content }];
    return role === 'assistant'
      ? [assistantMessage(content)]
      : userMessages(content, `messages.${index}.content`);
  });
  return { messages: [...head, ...turns], tools: (tools ?? []).map(toolOf) };
}

function toolOf(
  { type, name, description, input_schema: schema }: NonNullable<ConversationBody['tools']>[number],
  index: number,
): ToolDefinition {
  if (type !== undefined && type !== null && type !== 'custom') {
    throw badField(`tools.${index}.type`, `tools.${index}.type: ${type} is a tool that only Anthropic has`);
  }
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined || description === null ? {} : { description }),
      // What came out of a body of JSON is JSON.
      ...(schema === undefined ? {} : { parameters: schema as JsonObject }),
    },
  };
}

function assistantMessage(blocks: readonly Block[]): AssistantMessage {
  const reasoning = blocks.flatMap(({ type, thinking }) =>
    type === 'thinking' && typeof thinking === 'string' ? [thinking] : [],
  );
  const calls = blocks.flatMap((block) => (isCall(block) ? [callOf(block)] : []));
  return {
    role: 'assistant',
    content: texts(blocks).join('\n\n'),
    ...(reasoning.length === 0 ? {} : { reasoning_content: reasoning.join('\n\n') }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function callOf({ id, name, input }: CallBlock): ToolCall {
  return { id, type: 'function', function: { name, arguments: input as JsonObject } };
}

/** Results of tools first, then what the user says, as Anthropic's API asks for. */
function userMessages(blocks: readonly Block[], place: string): readonly ChatMessage[] {
  const other = blocks.findIndex((block) => block.type !== 'text' && !isResult(block));
  if (other >= 0) throw badField(`${place}.${other}.type`, `${place}.${other}.type: ${ONLY_TEXT}`);
  const results = blocks.flatMap((block) => (isResult(block) ? [resultOf(block)] : []));
  const others = blocks.filter((block) => !isResult(block));
  return others.length === 0 ? results : [...results, { role: 'user', content: others }];
}

function resultOf({ tool_use_id: id, content = '' }: ResultBlock): ChatMessage {
  const text = typeof content === 'string' ? content : texts(content).join('\n');
  return { role: 'tool', tool_call_id: id, content: text };
}

function texts(blocks: readonly { readonly type: string; readonly text?: unknown }[]): readonly string[] {
  return blocks.flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []));
}
