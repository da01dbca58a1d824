import { collectAnswer } from '@halftone/chat';
import type { EndReason } from '@halftone/runtime';
import { z } from 'zod';
import type { GenerationRequest, WrittenToken } from '../engine/engine';
import { readBody } from './body';
import { collectTexts } from './collect';
import type { DoorContext, Doors } from './context';
import { sseMessage, streamResponse } from './event-stream';
import { beginGenerations, type Generations } from './generations';
import {
  formFields,
  generationFields,
  MAX_TOP_LOGPROBS,
  oneForm,
  stopStrings,
  textForms,
} from './openai/chat-request';
import { openAiError } from './openai/error-body';
import { promptField, promptOf } from './openai/prompts';
import { samplingFields, samplingOf, type SamplingRules } from './openai/sampling';
import { chatLogprobs, timingsOf, type EndEvent } from './openai/usage';

const { stream, stop, cache_prompt, id_slot } = generationFields;

/** The body of `POST /completion`, as llama.cpp's server has it. */
export const plainCompletionSchema = z.looseObject({
  ...samplingFields,
  ...formFields,
  ...{ stream, stop, cache_prompt, id_slot },
  prompt: promptField,
  /** -1: as many as the context has room for. */
  n_predict: z.int().min(-1).nullish(),
  n_probs: z.int().min(0).max(MAX_TOP_LOGPROBS).nullish(),
  json_schema: z.record(z.string(), z.unknown()).nullish(),
  return_tokens: z.literal(false).describe('the numbers of tokens are told with n_probs').nullish(),
});

type PlainCompletionBody = z.output<typeof plainCompletionSchema>;

/** `POST /completion` and `POST /completions`: a text that goes on from a prompt. */
export async function completion({ engine }: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, plainCompletionSchema);
  const request = generation(body, context.var.client, engine.model);
  const generations = await beginGenerations(engine, [request], context.var.gone);
  const { name } = engine.model;
  if (body.stream === true) {
    const chunks = completionStream(generations, name);
    const failed = (error: Parameters<typeof openAiError>[0]): string => sseMessage(openAiError(error));
    return streamResponse(context, chunks, {
      type: 'text/event-stream',
      abort: generations.abort,
      failed,
    });
  }
  const [text] = await collectTexts(generations.events, 1);
  if (text === undefined) throw new Error('there is no text');
  const { content } = collectAnswer(text.events);
  return context.json({ ...piece(content, text.tokens), ...endOf(text.end, name) });
}

function generation(body: PlainCompletionBody, client: string, rules: SamplingRules): GenerationRequest {
  const { n_predict: limit, n_probs: probabilities, json_schema: schema } = body;
  const json = schema === undefined || schema === null ? [] : [{ kind: 'json', schema } as const];
  return {
    prompt: promptOf(body.prompt),
    sampling: samplingOf(body, rules),
    maxTokens: limit === undefined || limit === null || limit < 0 ? undefined : limit,
    stop: stopStrings(body.stop),
    form: oneForm('json_schema', [...textForms(body), ...json]),
    topLogprobs: (probabilities ?? 0) > 0 ? (probabilities ?? undefined) : undefined,
    useCache: body.cache_prompt ?? true,
    client,
  };
}

async function* completionStream(
  { events }: Generations,
  model: string,
): AsyncGenerator<string, void, undefined> {
  for await (const { event } of events) {
    if (event.kind === 'answer') {
      yield sseMessage({ ...piece(collectAnswer(event.events).content, event.tokens), stop: false });
    } else if (event.kind === 'end') yield sseMessage({ ...piece('', []), ...endOf(event, model) });
  }
}

function piece(content: string, tokens: readonly WrittenToken[]): object {
  return {
    index: 0,
    content,
    tokens: [],
    ...(tokens.length === 0 ? {} : { completion_probabilities: probabilitiesOf(tokens) }),
  };
}

/** As the chat door tells them, with the numbers of the tokens. */
function probabilitiesOf(tokens: readonly WrittenToken[]): readonly object[] {
  return chatLogprobs(tokens).content.map(({ top_logprobs: top, ...told }, place) => ({
    id: tokens[place]?.token,
    ...told,
    top_logprobs: top.map((one, index) => ({ id: tokens[place]?.top[index]?.token, ...one })),
  }));
}

const stopTypes = {
  'end-token': 'eos',
  'stop-string': 'word',
  'max-tokens': 'limit',
  context: 'limit',
} as const satisfies Readonly<Record<EndReason, string>>;

/** Why and how a text ended; `stopped_…` are the names of servers that have no `stop_type`. */
function endOf(end: EndEvent, model: string): object {
  const { reason, stop: word, usage } = end;
  const type = stopTypes[reason];
  return {
    stop: true,
    model,
    tokens_predicted: usage.writtenTokens,
    tokens_evaluated: usage.promptTokens,
    tokens_cached: usage.cachedTokens,
    truncated: reason === 'context',
    stop_type: type,
    stopping_word: word ?? '',
    stopped_eos: type === 'eos',
    stopped_word: type === 'word',
    stopped_limit: type === 'limit',
    timings: timingsOf(end),
  };
}
