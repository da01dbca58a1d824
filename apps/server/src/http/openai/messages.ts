import type { ChatMessage, JsonObject, ToolDefinition } from '@halftone/chat';
import { z } from 'zod';
import { listOf, messageList, ONLY_TEXT, toolList } from '../lists';

const text = z.looseObject({ type: z.literal('text'), text: z.string() });
const refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });
const part = z.discriminatedUnion('type', [text, refusal]).describe(ONLY_TEXT);
const content = z.union([z.string(), listOf(part)]).nullable();
const name = z.string().optional();

const toolCall = z.looseObject({
  id: z.string().nullish(),
  type: z.literal('function').optional(),
  function: z.looseObject({
    name: z.string(),
    arguments: z.union([z.string(), z.record(z.string(), z.unknown())]),
  }),
});

/** A message of a conversation, as OpenAI's API has it. */
const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('system'), content, name }),
  z.looseObject({ role: z.literal('developer'), content, name }),
  z.looseObject({ role: z.literal('user'), content, name }),
  z.looseObject({
    role: z.literal('assistant'),
    content: content.optional(),
    reasoning_content: z.string().nullish(),
    tool_calls: listOf(toolCall).nullish(),
    name,
  }),
  z.looseObject({ role: z.literal('tool'), content, tool_call_id: z.string().nullish(), name }),
]);

const tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    strict: z.boolean().nullish(),
  }),
});

/** The fields of a conversation. */
export const conversationFields = {
  messages: messageList(message),
  tools: toolList(tool).nullish(),
  chat_template_kwargs: z.record(z.string(), z.unknown()).nullish(),
};

/** The fields as they were understood. */
type ConversationFields = z.output<z.ZodObject<typeof conversationFields>>;

/** The messages for the chat template. Only what a template knows is taken over. */
export function chatMessages(messages: ConversationFields['messages']): readonly ChatMessage[] {
  return messages.map((one): ChatMessage => {
    const named = one.name === undefined ? {} : { name: one.name };
    switch (one.role) {
      case 'assistant':
        return {
          role: one.role,
          content: one.content,
          reasoning_content: one.reasoning_content,
          tool_calls: one.tool_calls?.map(({ id, function: called }) => ({
            id,
            type: 'function',
            // What came out of a body of JSON is JSON.
            function: { name: called.name, arguments: called.arguments as string | JsonObject },
          })),
          ...named,
        };
      case 'tool':
        return { role: one.role, content: one.content, tool_call_id: one.tool_call_id, ...named };
      default:
        return { role: one.role, content: one.content, ...named };
    }
  });
}

/** The tools for the chat template, each as the client wrote it, without fields that say nothing. */
export function chatTools(tools: ConversationFields['tools']): readonly ToolDefinition[] {
  return (tools ?? []).map(({ type, function: definition }) => ({
    type,
    function: Object.fromEntries(
      Object.entries(definition).filter(([, value]) => value !== undefined && value !== null),
    ) as ToolDefinition['function'],
  }));
}
