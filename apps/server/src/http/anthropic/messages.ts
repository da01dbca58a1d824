import type { CallRules, GenerationRequest, GenerationUsage } from '../../engine/engine';
import { AnswerBlocks, argumentsObject, type AnswerBlock, type BlockEvent } from '../answer-blocks';
import { readBody } from '../body';
import { collectTexts } from '../collect';
import type { DoorContext, Doors } from '../context';
import type { HttpError } from '../errors';
import { sseMessage, streamResponse } from '../event-stream';
import { beginGenerations, type Generations } from '../generations';
import { randomId } from '../openai/ids';
import { samplingOf, type SamplingRules } from '../openai/sampling';
import type { EndEvent } from '../openai/usage';
import { chatOf } from './conversation';
import { anthropicError } from './error-body';
import { countSchema, messagesSchema, type MessagesBody } from './schema';

/** `POST /v1/messages/count_tokens` */
export async function countTokens({ engine }: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, countSchema);
  const tokens = await engine.countTokens({ kind: 'chat', chat: chatOf(body) }, context.var.client);
  return context.json({ input_tokens: tokens });
}

/** `POST /v1/messages` */
export async function messages({ engine }: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, messagesSchema);
  const request = generation(body, context.var.client, engine.model);
  const generations = await beginGenerations(engine, [request], context.var.gone);
  if (body.stream === true) {
    const chunks = messageStream(generations, body.model);
    const failed = (error: HttpError): string => sseMessage(anthropicError(error), 'error');
    const { abort } = generations;
    return streamResponse(context, chunks, { type: 'text/event-stream', abort, failed });
  }
  const [text] = await collectTexts(generations.events, 1);
  if (text === undefined) throw new Error('there is no text');
  const answer = new AnswerBlocks();
  answer.push(text.events);
  return context.json({
    ...messageHead(body.model),
    content: answer.blocks.map(contentOf),
    ...stopOf(text.end, answer.blocks),
    usage: usageOf(text.end.usage),
  });
}

function generation(body: MessagesBody, client: string, rules: SamplingRules): GenerationRequest {
  const { tool_choice: choice, temperature, top_p, top_k } = body;
  return {
    prompt: { kind: 'chat', chat: chatOf(body) },
    sampling: samplingOf({ temperature, top_p, top_k }, rules),
    maxTokens: body.max_tokens,
    stop: body.stop_sequences ?? [],
    calls: { choice: callChoice(choice), isParallel: choice?.disable_parallel_tool_use !== true },
    client,
  };
}

function callChoice(choice: MessagesBody['tool_choice']): CallRules['choice'] {
  switch (choice?.type) {
    case 'tool':
      return { name: choice.name };
    case 'any':
      return 'required';
    case 'none':
      return 'none';
    default:
      return 'auto';
  }
}

async function* messageStream(
  { events }: Generations,
  model: string,
): AsyncGenerator<string, void, undefined> {
  const answer = new AnswerBlocks();
  const send = (data: { readonly type: string }): string => sseMessage(data, data.type);
  for await (const { event } of events) {
    if (event.kind === 'started') {
      const usage = usageOf({ ...event, writtenTokens: 0 });
      const message = { ...messageHead(model), content: [], stop_reason: null, stop_sequence: null, usage };
      yield send({ type: 'message_start', ...{ message } });
      continue;
    }
    const blocks = event.kind === 'end' ? answer.finish() : answer.push(event.events);
    for (const block of blocks) yield send(blockMessage(block));
    if (event.kind !== 'end') continue;
    yield send({
      type: 'message_delta',
      ...{ delta: stopOf(event, answer.blocks), usage: usageOf(event.usage) },
    });
    yield send({ type: 'message_stop' });
  }
}

function messageHead(model: string) {
  return { id: randomId('msg_'), type: 'message', role: 'assistant', model };
}

function blockMessage({ kind, index, block, text }: BlockEvent): { readonly type: string } {
  switch (kind) {
    case 'open':
      return { type: 'content_block_start', ...{ index, content_block: contentOf(block) } };
    case 'grow':
      return { type: 'content_block_delta', ...{ index, delta: deltaOf(block, text) } };
    case 'close':
      return { type: 'content_block_stop', ...{ index } };
  }
}

function contentOf(block: AnswerBlock): object {
  switch (block.kind) {
    case 'content':
      return { type: 'text', text: block.text, citations: null };
    case 'reasoning':
      // A signature shows Anthropic's server that it wrote this; nobody asks for it here.
      return { type: 'thinking', thinking: block.text, signature: '' };
    case 'call':
      return { type: 'tool_use', id: block.id, name: block.name, input: argumentsObject(block.text) };
  }
}

function deltaOf({ kind }: AnswerBlock, text: string): object {
  switch (kind) {
    case 'content':
      return { type: 'text_delta', text };
    case 'reasoning':
      return { type: 'thinking_delta', thinking: text };
    case 'call':
      return { type: 'input_json_delta', partial_json: text };
  }
}

function stopOf({ reason, stop }: EndEvent, blocks: readonly AnswerBlock[]) {
  const calls = blocks.some(({ kind }) => kind === 'call');
  const reasons = {
    'end-token': calls ? 'tool_use' : 'end_turn',
    'stop-string': 'stop_sequence',
    'max-tokens': 'max_tokens',
    context: 'max_tokens',
  } as const;
  return { stop_reason: reasons[reason], stop_sequence: stop ?? null };
}

/** Tokens as Anthropic's API counts them: those from the cache are counted apart. */
function usageOf({ promptTokens, cachedTokens, writtenTokens }: GenerationUsage): object {
  return {
    input_tokens: promptTokens - cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: writtenTokens,
  };
}
