import { z } from 'zod';
import { listOf, messageList, modelName, ONLY_TEXT, toolList } from '../lists';
import { formFields, generationFields } from '../openai/chat-request';
import { samplingFields } from '../openai/sampling';

const text = z.looseObject({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() });
const refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });
const part = z.discriminatedUnion('type', [text, refusal]).describe(ONLY_TEXT);

const item = z.union([
  z.looseObject({
    type: z.literal('function_call'),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
  z.looseObject({
    type: z.literal('function_call_output'),
    call_id: z.string(),
    output: z.union([z.string(), listOf(part)]),
  }),
  z.looseObject({ type: z.literal('reasoning') }),
  z.looseObject({
    type: z.literal('message').optional(),
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content: z.union([z.string(), listOf(part)]),
  }),
]);

/** A part of the input, as the Responses API has it. */
export type InputItem = z.output<typeof item>;

const tool = z.looseObject({
  type: z.literal('function').describe('only functions are called'),
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});

/** The body of `POST /v1/responses`. */
export const responsesSchema = z.looseObject({
  ...formFields,
  ...samplingFields,
  model: modelName.optional(),
  id_slot: generationFields.id_slot,
  background: z.literal(false).describe('nothing is stored, so nothing can be asked for later').nullish(),
  input: z.union([z.string(), messageList(item)]),
  instructions: z.string().nullish(),
  tools: toolList(tool).nullish(),
  tool_choice: z
    .union([
      z.enum(['auto', 'none', 'required']),
      z.looseObject({ type: z.literal('function'), name: z.string() }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  stream: z.boolean().nullish(),
  previous_response_id: z.null().describe('responses are not stored: send the whole input').optional(),
  text: z
    .looseObject({
      format: z
        .union([
          z.looseObject({ type: z.enum(['text', 'json_object']) }),
          z.looseObject({
            type: z.literal('json_schema'),
            schema: z.record(z.string(), z.unknown()),
            strict: z.boolean().nullish(),
          }),
        ])
        .optional(),
    })
    .nullish(),
});

/** What a client of the responses door asks for. */
export type ResponsesBody = z.output<typeof responsesSchema>;
