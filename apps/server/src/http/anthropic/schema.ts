import { z } from 'zod';
import { listOf, messageList, modelName, toolList } from '../lists';

const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() });
const callBlock = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const known: ReadonlySet<string> = new Set(['text', 'tool_use', 'tool_result', 'thinking']);
/** What there is no place for here; the chat template says so. */
const otherBlock = z.looseObject({ type: z.string().refine((type) => !known.has(type)) });
const resultBlock = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z.union([z.string(), listOf(z.union([textBlock, otherBlock]))]).optional(),
  is_error: z.boolean().optional(),
});

const block = z.union([
  textBlock,
  callBlock,
  resultBlock,
  z.looseObject({ type: z.literal('thinking'), thinking: z.string() }),
  otherBlock,
]);

/** A part of a message's content, as Anthropic's API has it. */
export type Block = z.output<typeof block>;
/** A call of a tool. */
export type CallBlock = z.output<typeof callBlock>;
/** What a tool gave back. */
export type ResultBlock = z.output<typeof resultBlock>;

/** Whether a part is a call of a tool. */
export function isCall(one: Block): one is CallBlock {
  return one.type === 'tool_use';
}

/** Whether a part is what a tool gave back. */
export function isResult(one: Block): one is ResultBlock {
  return one.type === 'tool_result';
}

const tool = z.looseObject({
  type: z.string().nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()).optional(),
});

const toolChoice = z.union([
  z.looseObject({
    type: z.enum(['auto', 'any', 'none']),
    disable_parallel_tool_use: z.boolean().optional(),
  }),
  z.looseObject({
    type: z.literal('tool'),
    name: z.string(),
    disable_parallel_tool_use: z.boolean().optional(),
  }),
]);

const MAX_STOPS = 64;
const MAX_STOP_LENGTH = 1024;

/** What a prompt is made of. */
const conversation = {
  model: modelName,
  messages: messageList(
    z.looseObject({
      role: z.enum(['user', 'assistant']),
      content: z.union([z.string(), listOf(block)]),
    }),
  ),
  system: z.union([z.string(), listOf(textBlock)]).optional(),
  tools: toolList(tool).optional(),
  tool_choice: toolChoice.optional(),
};

/** The body of `POST /v1/messages/count_tokens`. */
export const countSchema = z.looseObject(conversation);

/** The body of `POST /v1/messages`. */
export const messagesSchema = z.looseObject({
  ...conversation,
  max_tokens: z.int().min(1),
  stop_sequences: z.array(z.string().max(MAX_STOP_LENGTH)).max(MAX_STOPS).optional(),
  stream: z.boolean().optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  top_k: z.int().optional(),
});

/** A conversation, as Anthropic's API has it. */
export type ConversationBody = z.output<typeof countSchema>;
/** What a client of the messages door asks for. */
export type MessagesBody = z.output<typeof messagesSchema>;
