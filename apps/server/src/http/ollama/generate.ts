import { collectAnswer, type ChatMessage, type JsonObject, type ToolDefinition } from '@halftone/chat';
import type { GenerationRequest, Prompt } from '../../engine/engine';
import { AnswerBlocks, argumentsObject, type AnswerBlock } from '../answer-blocks';
import { readBody } from '../body';
import type { DoorContext, Doors } from '../context';
import type { HttpError } from '../errors';
import { streamResponse } from '../event-stream';
import { beginGenerations, type Generations } from '../generations';
import { stopStrings } from '../openai/chat-request';
import { samplingOf, type SamplingRules } from '../openai/sampling';
import type { EndEvent } from '../openai/usage';
import {
  ollamaChatSchema,
  ollamaGenerateSchema,
  type OllamaChatBody,
  type OllamaCommon,
  type OllamaGenerateBody,
} from './schema';

/** Nanoseconds, in which this API tells times. */
const PER_MILLISECOND = 1e6;

/** Puts parts of an answer into the form of a door. */
type Shape = (blocks: readonly AnswerBlock[]) => object;

/** `POST /api/chat` */
export async function ollamaChat(doors: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, ollamaChatSchema);
  const messages = body.messages.map(messageOf);
  const prompt: Prompt = { kind: 'chat', chat: { messages, tools: toolsOf(body.tools) } };
  return answer(doors, context, body, { prompt, shape: chatShape });
}

/** `POST /api/generate` */
export async function ollamaGenerate(doors: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, ollamaGenerateSchema);
  return answer(doors, context, body, { prompt: generatePrompt(body), shape: textShape });
}

async function answer(
  { engine }: Doors,
  context: DoorContext,
  body: OllamaCommon,
  { prompt, shape }: { readonly prompt: Prompt; readonly shape: Shape },
): Promise<Response> {
  const request = generation(body, prompt, context.var.client, engine.model);
  const generations = await beginGenerations(engine, [request], context.var.gone);
  const lines = answerLines(generations, body.model, shape);
  if (body.stream !== false) {
    const failed = (error: HttpError): string => line({ error: error.message });
    const { abort } = generations;
    return streamResponse(context, ndjson(lines), { type: 'application/x-ndjson', abort, failed });
  }
  const blocks = new AnswerBlocks();
  let end: object = {};
  for await (const { event } of generations.events) {
    if (event.kind === 'answer') blocks.push(event.events);
    else if (event.kind === 'end') end = endOf(event);
  }
  return context.json({ ...head(body.model), ...shape(blocks.blocks), ...end });
}

function generation(
  { options = {}, format }: OllamaCommon,
  prompt: Prompt,
  client: string,
  rules: SamplingRules,
): GenerationRequest {
  const { num_predict: limit = -1 } = options;
  return {
    prompt,
    sampling: samplingOf(options, { ...rules, within: 'options.' }),
    maxTokens: limit < 0 ? undefined : limit,
    stop: stopStrings(options.stop),
    calls: { choice: 'auto', isParallel: true },
    form: formOf(format),
    client,
  };
}

function formOf(format: OllamaCommon['format']): GenerationRequest['form'] {
  if (format === undefined || format === null || format === '') return undefined;
  return { kind: 'json', schema: format === 'json' ? { type: 'object' } : format };
}

async function* answerLines(
  { events }: Generations,
  model: string,
  shape: Shape,
): AsyncGenerator<object, void, undefined> {
  const calls = new AnswerBlocks();
  for await (const { event } of events) {
    if (event.kind === 'started') continue;
    if (event.kind === 'end') {
      yield { ...head(model), ...shape([]), ...endOf(event) };
      continue;
    }
    const { content, reasoning } = collectAnswer(event.events);
    // A call is sent whole, as this API has it.
    const finished = calls
      .push(event.events)
      .filter(({ kind, block }) => kind === 'close' && block.kind === 'call')
      .map(({ block }) => block);
    const texts: AnswerBlock[] = [
      { kind: 'reasoning', text: reasoning },
      { kind: 'content', text: content },
    ];
    const parts = [...texts.filter(({ text }) => text !== ''), ...finished];
    if (parts.length > 0) yield { ...head(model), ...shape(parts), done: false };
  }
}

async function* ndjson(
  lines: AsyncGenerator<object, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  for await (const one of lines) yield line(one);
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function head(model: string): object {
  return { model, created_at: new Date().toISOString() };
}

function endOf({ reason, usage, times }: EndEvent): object {
  return {
    done: true,
    done_reason: reason === 'max-tokens' || reason === 'context' ? 'length' : 'stop',
    total_duration: Math.round((times.waiting + times.reading + times.writing) * PER_MILLISECOND),
    load_duration: 0,
    prompt_eval_count: usage.promptTokens,
    prompt_eval_duration: Math.round(times.reading * PER_MILLISECOND),
    eval_count: usage.writtenTokens,
    eval_duration: Math.round(times.writing * PER_MILLISECOND),
  };
}

function textOf(blocks: readonly AnswerBlock[], kind: 'content' | 'reasoning'): string {
  return blocks
    .filter((block) => block.kind === kind)
    .map(({ text }) => text)
    .join('');
}

function chatShape(blocks: readonly AnswerBlock[]): object {
  const thinking = textOf(blocks, 'reasoning');
  const calls = blocks.filter((block) => block.kind === 'call');
  return {
    message: {
      role: 'assistant',
      content: textOf(blocks, 'content'),
      ...(thinking === '' ? {} : { thinking }),
      ...(calls.length === 0
        ? {}
        : {
            tool_calls: calls.map(({ name, text }) => ({
              function: { name, arguments: argumentsObject(text) },
            })),
          }),
    },
  };
}

function textShape(blocks: readonly AnswerBlock[]): object {
  const thinking = textOf(blocks, 'reasoning');
  return { response: textOf(blocks, 'content'), ...(thinking === '' ? {} : { thinking }) };
}

function generatePrompt({ prompt, system, raw }: OllamaGenerateBody): Prompt {
  if (raw === true) return { kind: 'text', text: prompt };
  const instructions: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
  return { kind: 'chat', chat: { messages: [...instructions, { role: 'user', content: prompt }] } };
}

function messageOf(message: OllamaChatBody['messages'][number]): ChatMessage {
  const { role, content = '' } = message;
  if (role === 'tool') {
    return { role, content, ...(message.tool_name === undefined ? {} : { name: message.tool_name }) };
  }
  if (role !== 'assistant') return { role, content };
  return {
    role,
    content,
    ...(message.thinking === undefined ? {} : { reasoning_content: message.thinking }),
    tool_calls: message.tool_calls?.map(({ function: { name, arguments: value } }) => ({
      type: 'function',
      function: { name, arguments: value as JsonObject },
    })),
  };
}

function toolsOf(tools: OllamaChatBody['tools']): readonly ToolDefinition[] {
  return (tools ?? []).map(({ function: { name, description, parameters, strict } }) => ({
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters: parameters as JsonObject }),
      ...(strict === undefined || strict === null ? {} : { strict }),
    },
  }));
}
