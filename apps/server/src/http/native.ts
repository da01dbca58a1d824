import type { JsonValue } from '@halftone/chat';
import { normalized } from '@halftone/runtime';
import { z } from 'zod';
import { readBody } from './body';
import type { DoorContext, Doors } from './context';
import { embedTexts, MAX_TEXTS } from './embeddings';
import { allowedBy } from './allowed';
import { badField, HttpError } from './errors';
import { listOf } from './lists';
import { shortJson } from './short-json';
import { defaultSampling } from './openai/sampling';
import { promptsField, promptsOf } from './openai/prompts';
import { chatMessages, chatTools, conversationFields } from './openai/messages';

/** `GET /health` */
export async function health({ engine }: Doors, context: DoorContext): Promise<Response> {
  const { slots } = await engine.status();
  return context.json({
    status: 'ok',
    slots_idle: engine.model.slots - slots.length,
    slots_processing: slots.length,
  });
}

/** `GET /props`, by the names of llama.cpp's server. */
export function props({ engine }: Doors, context: DoorContext): Response {
  const { model } = engine;
  return context.json({
    default_generation_settings: { n_ctx: model.contextLength, params: defaultSampling() },
    total_slots: model.slots,
    model_alias: model.name,
    chat_template: model.chatTemplate ?? '',
    bos_token: model.beginningText,
    eos_token: model.endText,
    modalities: { vision: false, audio: false },
    architecture: model.architecture,
    backend: model.backend,
  });
}

/** A model as OpenAI's API lists it, with `meta` as llama.cpp's server tells it. */
function listed({ engine, created }: Doors): object {
  const { model } = engine;
  return {
    id: model.name,
    object: 'model',
    created,
    owned_by: 'halftone',
    meta: {
      vocab_type: 2,
      n_vocab: model.vocabulary,
      n_ctx: model.contextLength,
      n_ctx_train: model.trainedContextLength,
      n_params: model.parameters,
      size: model.size,
    },
  };
}

/** `GET /v1/models` */
export function models(doors: Doors, context: DoorContext): Response {
  return context.json({ object: 'list', data: [listed(doors)] });
}

/** `GET /v1/models/:id` */
export function model(doors: Doors, context: DoorContext): Response {
  const id = context.req.param('id');
  const { engine } = doors;
  if (id === engine.model.name) return context.json(listed(doors));
  throw new HttpError(
    404,
    `there is no model ${shortJson(id)}: the one that is served is ${shortJson(engine.model.name)}`,
    {
      code: 'model_not_found',
    },
  );
}

/** UTF-16 units of a text that is made into tokens. Threat: a second in which no text goes on. Largest: a book's chapter, some 100,000. */
const MAX_TOKENIZED = 2 ** 18;

/** The body of `POST /tokenize`. */
export const tokenizeSchema = z.looseObject({
  content: z.string().max(MAX_TOKENIZED),
  add_special: z.boolean().nullish(),
  parse_special: z.boolean().nullish(),
  with_pieces: z.boolean().nullish(),
});

/** `POST /tokenize` */
export async function tokenize({ engine }: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, tokenizeSchema);
  const options = { addSpecial: body.add_special ?? false, parseSpecial: body.parse_special ?? true };
  const tokens = await engine.tokenize(body.content, options);
  return context.json({
    tokens: tokens.map(({ token, text }) => (body.with_pieces === true ? { id: token, piece: text } : token)),
  });
}

/** The body of `POST /detokenize`. */
export const detokenizeSchema = z.looseObject({ tokens: listOf(z.int().min(0), { most: MAX_TOKENIZED }) });

/** `POST /detokenize` */
export async function detokenize({ engine }: Doors, context: DoorContext): Promise<Response> {
  const { tokens } = await readBody(context.req.raw, detokenizeSchema);
  return context.json({ content: await engine.detokenize(tokens) });
}

/** The body of `POST /apply-template`. */
export const applyTemplateSchema = z.looseObject(conversationFields);

/** `POST /apply-template` */
export async function applyTemplate({ engine }: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, applyTemplateSchema);
  const prompt = await engine.applyTemplate({
    messages: chatMessages(body.messages),
    tools: chatTools(body.tools),
    variables: (body.chat_template_kwargs ?? {}) as Readonly<Record<string, JsonValue>>,
  });
  return context.json({ prompt });
}

const promptTexts = promptsField(MAX_TEXTS);

/** The body of `POST /embedding` and `POST /embeddings`. */
export const embeddingSchema = z.looseObject({
  content: promptTexts.optional(),
  input: promptTexts.optional(),
  /** 2: the length of a vector is 1; -1: it is as it is. Vectors of single tokens are as they are. */
  embd_normalize: z.literal([-1, 2]).nullish(),
});

/** `POST /embedding` and `POST /embeddings`: each text has a list of vectors, one or one for each token. */
export async function embedding({ engine }: Doors, context: DoorContext): Promise<Response> {
  const { content, input = content, embd_normalize: norm } = await readBody(context.req.raw, embeddingSchema);
  if (input === undefined) throw badField('content', { found: input, allowed: allowedBy(promptTexts) });
  const { client } = context.var;
  const found = await embedTexts(engine, promptsOf(input), { client }, context.var.gone);
  const isRaw = norm === -1 || engine.model.pooling === 'none';
  return context.json(
    found.map(({ vectors }, index) => ({
      index,
      embedding: vectors.map((vector) => [...(isRaw ? vector : normalized(vector))]),
    })),
  );
}
