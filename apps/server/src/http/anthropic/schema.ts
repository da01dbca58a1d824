import { z } from 'zod';
import { listOf, messageList, modelName, ONLY_TEXT, toolList } from '../lists';

const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() });
const callBlock = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const resultBlock = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z
    .union([z.string(), listOf(z.discriminatedUnion('type', [textBlock]).describe(ONLY_TEXT))])
    .optional(),
  is_error: z.boolean().optional(),
});

const userBlock = z.discriminatedUnion('type', [textBlock, resultBlock]).describe(ONLY_TEXT);
const assistantBlock = z
  .discriminatedUnion('type', [
    textBlock,
    callBlock,
    z.looseObject({ type: z.literal('thinking'), thinking: z.string() }),
    // Nobody but Anthropic can read it.
    z.looseObject({ type: z.literal('redacted_thinking') }),
  ])
  .describe(ONLY_TEXT);

/** A part of what a user says, as Anthropic's API has it. */
export type UserBlock = z.output<typeof userBlock>;
/** A part of an answer, as Anthropic's API has it. */
export type AssistantBlock = z.output<typeof assistantBlock>;
/** A call of a tool. */
export type CallBlock = z.output<typeof callBlock>;
/** What a tool gave back. */
export type ResultBlock = z.output<typeof resultBlock>;

const tool = z.looseObject({
  type: z.literal('custom').describe('other tools are known to Anthropic alone').nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()).optional(),
  strict: z.boolean().nullish(),
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
    z.discriminatedUnion('role', [
      z.looseObject({ role: z.literal('user'), content: z.union([z.string(), listOf(userBlock)]) }),
      z.looseObject({ role: z.literal('assistant'), content: z.union([z.string(), listOf(assistantBlock)]) }),
    ]),
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
  stop_sequences: listOf(z.string().max(MAX_STOP_LENGTH), { most: MAX_STOPS }).optional(),
  stream: z.boolean().optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  top_k: z.int().optional(),
});

/** A conversation, as Anthropic's API has it. */
export type ConversationBody = z.output<typeof countSchema>;
/** What a client of the messages door asks for. */
export type MessagesBody = z.output<typeof messagesSchema>;
