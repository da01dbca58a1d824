import { collectAnswer } from '@halftone/chat';
import { z } from 'zod';
import type { GenerationRequest, Prompt, WrittenToken } from '../../engine/engine';
import { readBody } from '../body';
import { collectTexts } from '../collect';
import type { DoorContext, Doors } from '../context';
import { badField } from '../errors';
import { sseMessage, streamResponse } from '../event-stream';
import { beginGenerations, type Generations } from '../generations';
import type { AnswerHead } from './chat-chunks';
import {
  formOf,
  generationFields,
  MAX_TEXTS_AT_ONCE,
  MAX_TOP_LOGPROBS,
  severalTexts,
  stopStrings,
} from './chat-request';
import { openAiStreamError } from './error-body';
import { randomId } from './ids';
import { promptsField, promptsOf } from './prompts';
import { samplingFields, samplingOf, type SamplingRules } from './sampling';
import { finishReason, timingsOf, usageOf, type EndEvent } from './usage';

/** The body of `POST /v1/completions`. */
export const completionSchema = z.looseObject({
  ...generationFields,
  ...samplingFields,
  prompt: promptsField(MAX_TEXTS_AT_ONCE),
  logprobs: z.int().min(0).max(MAX_TOP_LOGPROBS).nullish(),
  echo: z.literal(false).describe('the prompt is not told again').nullish(),
  suffix: z.literal('').describe('text is not written in between').nullish(),
  best_of: z.int().nullish(),
});

type CompletionBody = z.output<typeof completionSchema>;

/** `POST /v1/completions` */
export async function completions({ engine }: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, completionSchema);
  refuseChoosing(body);
  const prompts = promptsOf(body.prompt);
  const choices = body.n ?? 1;
  checkTexts(prompts.length, choices);
  const requests = prompts.flatMap((prompt) =>
    severalTexts(generation(body, prompt, context.var.client, engine.model), choices),
  );
  const generations = await beginGenerations(engine, requests, context.var.gone);
  const head = {
    id: randomId('cmpl-'),
    created: Math.floor(Date.now() / 1000),
    model: body.model ?? engine.model.name,
  };
  if (body.stream === true) {
    const chunks = completionStream(generations, head, body, prompts.length);
    const { abort } = generations;
    return streamResponse(context, chunks, { type: 'text/event-stream', abort, failed: openAiStreamError });
  }
  const counts = { prompts: prompts.length, texts: requests.length };
  return context.json(await completionAnswer(generations, head, counts));
}

function checkTexts(prompts: number, choices: number): void {
  if (prompts * choices <= MAX_TEXTS_AT_ONCE) return;
  throw badField('n', {
    found: choices,
    allowed: `at most ${Math.floor(MAX_TEXTS_AT_ONCE / prompts)}`,
    why: `for each of ${prompts} prompts: one request may ask for ${MAX_TEXTS_AT_ONCE} texts`,
  });
}

function refuseChoosing({ best_of: best, n }: CompletionBody): void {
  const choices = n ?? 1;
  if (best === undefined || best === null || best <= choices) return;
  throw badField('best_of', {
    found: best,
    allowed: `at most ${choices}, as n`,
    why: 'there is no choosing between texts',
  });
}

function generation(
  body: CompletionBody,
  prompt: Prompt,
  client: string,
  rules: SamplingRules,
): GenerationRequest {
  return {
    prompt,
    sampling: samplingOf(body, rules),
    // As OpenAI's API has it for this door: a text without an end would fill the context.
    maxTokens: body.max_tokens ?? 16,
    stop: stopStrings(body.stop),
    form: formOf(body),
    topLogprobs: body.logprobs ?? undefined,
    useCache: body.cache_prompt ?? true,
    client,
  };
}

async function* completionStream(
  { events }: Generations,
  head: AnswerHead,
  body: CompletionBody,
  prompts: number,
): AsyncGenerator<string, void, undefined> {
  const withUsage = body.stream_options?.include_usage === true;
  const common = { ...head, object: 'text_completion' };
  const usage = withUsage ? { usage: null } : {};
  const ends: EndEvent[] = [];
  for await (const { index, event } of events) {
    if (event.kind === 'end') ends[index] = event;
    if (event.kind === 'started') continue;
    const choice =
      event.kind === 'end'
        ? { index, text: '', logprobs: null, finish_reason: finishReason(event.reason, 0) }
        : {
            index,
            text: collectAnswer(event.events).content,
            logprobs: textLogprobs(event.tokens),
            finish_reason: null,
          };
    yield sseMessage({ ...common, choices: [choice], ...usage });
  }
  if (withUsage) yield sseMessage({ ...common, choices: [], usage: usageOf(ends, prompts) });
  yield sseMessage('[DONE]');
}

async function completionAnswer(
  { events }: Generations,
  head: AnswerHead,
  counts: { readonly prompts: number; readonly texts: number },
): Promise<object> {
  const texts = await collectTexts(events, counts.texts);
  const [first] = texts;
  return {
    ...head,
    object: 'text_completion',
    choices: texts.map((text, index) => ({
      index,
      text: collectAnswer(text.events).content,
      logprobs: textLogprobs(text.tokens),
      finish_reason: finishReason(text.end.reason, 0),
    })),
    usage: usageOf(
      texts.map(({ end }) => end),
      counts.prompts,
    ),
    ...(first === undefined ? {} : { timings: timingsOf(first.end) }),
  };
}

/** Log-probabilities as this older door tells them: by column. */
function textLogprobs(written: readonly WrittenToken[]): object | null {
  if (written.length === 0) return null;
  let offset = 0;
  return {
    tokens: written.map(({ text }) => text),
    token_logprobs: written.map(({ logprob }) => logprob),
    top_logprobs: written.map(({ top }) =>
      Object.fromEntries(top.map(({ text, logprob }) => [text, logprob])),
    ),
    text_offset: written.map(({ text }) => (offset += text.length) - text.length),
  };
}
