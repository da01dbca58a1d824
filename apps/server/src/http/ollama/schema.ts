import { z } from 'zod';
import { generationFields } from '../openai/chat-request';
import { samplingFields } from '../openai/sampling';
import { listOf, messageList, modelName, ONLY_TEXT, toolList } from '../lists';

/** All ways of choosing tokens that the other doors know, for they have the same names. */
const options = z
  .looseObject({ ...samplingFields, num_predict: z.int().optional(), stop: generationFields.stop })
  .optional();

const common = {
  model: modelName,
  stream: z.boolean().optional(),
  options,
  format: z.union([z.enum(['', 'json']), z.record(z.string(), z.unknown())]).nullish(),
};

const message = z.looseObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().optional(),
  thinking: z.string().optional(),
  images: z.array(z.unknown()).max(0).describe(ONLY_TEXT).nullish(),
  tool_name: z.string().optional(),
  tool_calls: listOf(
    z.looseObject({
      function: z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
    }),
  ).nullish(),
});

const tool = z.looseObject({
  type: z.string(),
  function: z.looseObject({
    name: z.string().min(1),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
    strict: z.boolean().nullish(),
  }),
});

/** The body of `POST /api/chat`. */
export const ollamaChatSchema = z.looseObject({
  ...common,
  messages: messageList(message),
  tools: toolList(tool).nullish(),
});

/** The body of `POST /api/generate`. */
export const ollamaGenerateSchema = z.looseObject({
  ...common,
  prompt: z.string().min(1),
  system: z.string().optional(),
  raw: z.boolean().optional(),
});

/** What all doors of Ollama's API are told. */
export type OllamaCommon = z.output<z.ZodObject<typeof common>>;
/** What a client of the chat door asks for. */
export type OllamaChatBody = z.output<typeof ollamaChatSchema>;
/** What a client of the generate door asks for. */
export type OllamaGenerateBody = z.output<typeof ollamaGenerateSchema>;
