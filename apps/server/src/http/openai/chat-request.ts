import type { JsonValue } from '@halftone/chat';
import { z } from 'zod';
import type { AnswerForm, CallRules, GenerationRequest } from '../../engine/engine';
import { badField } from '../errors';
import { listOf, modelName } from '../lists';
import { chatMessages, chatTools, conversationFields } from './messages';
import { samplingFields, samplingOf, type SamplingRules } from './sampling';

/** Texts of one request: prompts, and choices of each. Threat: one request that fills the queue. Largest: some tens, for votes. */
export const MAX_TEXTS_AT_ONCE = 128;

/** Strings that end a text, and their length. Threat: all are looked for in every piece. Largest: a dozen. */
const MAX_STOPS = 64;
const MAX_STOP_LENGTH = 1024;

/** Likeliest tokens that are told of each place: as many as OpenAI's API gives. */
export const MAX_TOP_LOGPROBS = 20;

const stop = z.string().max(MAX_STOP_LENGTH);

/** The fields that say what the whole text may be. */
export const formFields = {
  /** GBNF, as llama.cpp's server takes it. */
  grammar: z.string().nullish(),
  /** A regular expression, by vLLM's name. */
  guided_regex: z.string().nullish(),
};

type FormFields = z.output<z.ZodObject<typeof formFields>>;

/** What JSON the whole text may be. */
const responseFormat = z
  .union([
    z.looseObject({ type: z.enum(['text', 'json_object']) }),
    z.looseObject({
      type: z.literal('json_schema'),
      json_schema: z.looseObject({
        schema: z.record(z.string(), z.unknown()).optional(),
        strict: z.boolean().nullish(),
      }),
    }),
  ])
  .nullish();

/** The fields that say how a text is asked for, whatever it is made from. */
export const generationFields = {
  ...formFields,
  response_format: responseFormat,
  model: modelName.optional(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.int().min(0).nullish(),
  stop: z.union([stop, listOf(stop, { most: MAX_STOPS })]).nullish(),
  n: z.int().min(1).max(MAX_TEXTS_AT_ONCE).nullish(),
  cache_prompt: z.boolean().nullish(),
  /** Which slot works on a text is not the client's to choose: the cache is looked through for all of them. */
  id_slot: z
    .literal(-1)
    .describe('a slot cannot be chosen: the one whose conversation begins alike is found by the server')
    .nullish(),
};

/** The body of `POST /v1/chat/completions`. */
export const chatSchema = z.looseObject({
  ...generationFields,
  ...samplingFields,
  ...conversationFields,
  max_completion_tokens: z.int().min(0).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(MAX_TOP_LOGPROBS).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
});

/** What a client of the chat door asks for. */
export type ChatBody = z.output<typeof chatSchema>;

/** What the engine is asked for. */
export function chatGeneration(body: ChatBody, client: string, rules: SamplingRules): GenerationRequest {
  return {
    prompt: {
      kind: 'chat',
      chat: {
        messages: chatMessages(body.messages),
        tools: chatTools(body.tools),
        variables: (body.chat_template_kwargs ?? {}) as Readonly<Record<string, JsonValue>>,
      },
    },
    sampling: samplingOf(body, rules),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    stop: stopStrings(body.stop),
    calls: { choice: callChoice(body.tool_choice), isParallel: body.parallel_tool_calls ?? true },
    form: formOf(body),
    topLogprobs: body.logprobs === true ? (body.top_logprobs ?? 0) : undefined,
    useCache: body.cache_prompt ?? true,
    client,
  };
}

/** The strings that end a text. */
export function stopStrings(stop: string | readonly string[] | null | undefined): readonly string[] {
  if (stop === undefined || stop === null) return [];
  return typeof stop === 'string' ? [stop] : stop;
}

/** The requests for several texts of one prompt: each with a seed of its own, so that they differ and can be had again. */
export function severalTexts(request: GenerationRequest, count: number): readonly GenerationRequest[] {
  const { seed } = request.sampling;
  return Array.from({ length: count }, (_, index) =>
    seed === undefined ? request : { ...request, sampling: { ...request.sampling, seed: seed + index } },
  );
}

function callChoice(choice: ChatBody['tool_choice']): CallRules['choice'] {
  if (choice === undefined || choice === null) return 'auto';
  return typeof choice === 'string' ? choice : { name: choice.function.name };
}

/** The one form that a body asks for. @throws HttpError 400 for several, which names `field`. */
export function oneForm(field: string, forms: readonly AnswerForm[]): AnswerForm | undefined {
  if (forms.length <= 1) return forms[0];
  const names = { json: field, grammar: 'grammar', pattern: 'guided_regex' };
  throw badField(field, { found: forms.map(({ kind }) => names[kind]), allowed: 'one of them' });
}

/** The forms that stand in the fields of llama.cpp's server and of vLLM. */
export function textForms({ grammar, guided_regex: pattern }: FormFields): readonly AnswerForm[] {
  const isGiven = (text: string | null | undefined): text is string =>
    text !== undefined && text !== null && text !== '';
  return [
    ...(isGiven(grammar) ? [{ kind: 'grammar', text: grammar } as const] : []),
    ...(isGiven(pattern) ? [{ kind: 'pattern', text: pattern } as const] : []),
  ];
}

/** The one form that stands in the fields of OpenAI's doors. @throws HttpError 400 for several. */
export function formOf(body: FormFields & Pick<ChatBody, 'response_format'>): AnswerForm | undefined {
  return oneForm('response_format', [...textForms(body), ...jsonForms(body.response_format)]);
}

function jsonForms(format: ChatBody['response_format']): readonly AnswerForm[] {
  switch (format?.type) {
    case 'json_object':
      return [{ kind: 'json', schema: { type: 'object' } }];
    case 'json_schema':
      return [
        {
          kind: 'json',
          schema: format.json_schema.schema ?? true,
          isExact: format.json_schema.strict ?? false,
        },
      ];
    default:
      return [];
  }
}
