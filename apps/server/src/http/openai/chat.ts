import { readBody } from '../body';
import { collectTexts } from '../collect';
import type { DoorContext, Doors } from '../context';
import { sseMessage, streamResponse } from '../event-stream';
import { beginGenerations, type Generations } from '../generations';
import { chatChoice, ChatChunks, type AnswerHead, type ChunkOptions } from './chat-chunks';
import { chatGeneration, chatSchema, severalTexts } from './chat-request';
import { openAiStreamError } from './error-body';
import { randomId } from './ids';
import { timingsOf, usageOf } from './usage';

/** How Mistral's client calls itself. */
const MISTRAL_CLIENT = 'mistral-client-typescript';

/** `POST /v1/chat/completions` */
export async function chatCompletions({ engine }: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, chatSchema);
  const count = body.n ?? 1;
  const requests = severalTexts(chatGeneration(body, context.var.client, engine.model), count);
  const generations = await beginGenerations(engine, requests, context.var.gone);
  const head = {
    id: randomId('chatcmpl-'),
    created: Math.floor(Date.now() / 1000),
    model: body.model ?? engine.model.name,
  };
  if (body.stream === true) {
    const options = {
      logprobs: body.logprobs === true,
      usage: body.stream_options?.include_usage === true,
      namedPieces: (context.req.header('user-agent') ?? '').startsWith(MISTRAL_CLIENT),
    };
    const chunks = chatStream(generations, new ChatChunks(head, options), options);
    const { abort } = generations;
    return streamResponse(context, chunks, { type: 'text/event-stream', abort, failed: openAiStreamError });
  }
  return context.json(await chatAnswer(generations, head, { count, logprobs: body.logprobs === true }));
}

async function* chatStream(
  { events }: Generations,
  chunks: ChatChunks,
  { usage }: ChunkOptions,
): AsyncGenerator<string, void, undefined> {
  for await (const event of events) for (const chunk of chunks.of(event)) yield sseMessage(chunk);
  if (usage) yield sseMessage(chunks.usage());
  yield sseMessage('[DONE]');
}

async function chatAnswer(
  { events }: Generations,
  head: AnswerHead,
  { count, logprobs }: { readonly count: number; readonly logprobs: boolean },
): Promise<object> {
  const texts = await collectTexts(events, count);
  const [first] = texts;
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    system_fingerprint: null,
    choices: texts.map((text, index) =>
      chatChoice(index, text.events, text.tokens, { end: text.end, logprobs }),
    ),
    usage: usageOf(texts.map(({ end }) => end)),
    ...(first === undefined ? {} : { timings: timingsOf(first.end) }),
  };
}
