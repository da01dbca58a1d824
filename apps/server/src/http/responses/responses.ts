import type { AnswerForm, CallRules, GenerationRequest } from '../../engine/engine';
import { readBody } from '../body';
import type { DoorContext, Doors } from '../context';
import type { HttpError } from '../errors';
import { sseMessage, streamResponse } from '../event-stream';
import { beginGenerations, type Generations } from '../generations';
import { oneForm, textForms } from '../openai/chat-request';
import { samplingOf, type SamplingRules } from '../openai/sampling';
import { chatOf } from './conversation';
import { ResponseEvents } from './response-events';
import { responsesSchema, type ResponsesBody } from './schema';

/** `POST /v1/responses`. Nothing is stored: the client sends the whole conversation. */
export async function responses({ engine }: Doors, context: DoorContext): Promise<Response> {
  const body = await readBody(context.req.raw, responsesSchema);
  const request = generation(body, context.var.client, engine.model);
  const generations = await beginGenerations(engine, [request], context.var.gone);
  const events = new ResponseEvents(body, body.model ?? engine.model.name);
  if (body.stream === true) {
    const chunks = responseStream(generations, events);
    const { abort } = generations;
    return streamResponse(context, chunks, { type: 'text/event-stream', abort, failed: streamError });
  }
  let response: object | undefined;
  for await (const event of generations.events) {
    events.of(event);
    if (event.event.kind === 'end') response = events.finished(event.event);
  }
  if (response === undefined) throw new Error('there is no text');
  return context.json(response);
}

function generation(body: ResponsesBody, client: string, rules: SamplingRules): GenerationRequest {
  const { tool_choice: choice, text } = body;
  return {
    prompt: { kind: 'chat', chat: chatOf(body) },
    sampling: samplingOf(body, rules),
    maxTokens: body.max_output_tokens ?? undefined,
    calls: { choice: callChoice(choice), isParallel: body.parallel_tool_calls ?? true },
    form: oneForm('text.format', [...textForms(body), ...jsonForms(text?.format)]),
    client,
  };
}

function callChoice(choice: ResponsesBody['tool_choice']): CallRules['choice'] {
  if (choice === undefined || choice === null) return 'auto';
  return typeof choice === 'string' ? choice : { name: choice.name };
}

function jsonForms(format: NonNullable<ResponsesBody['text']>['format']): readonly AnswerForm[] {
  switch (format?.type) {
    case 'json_object':
      return [{ kind: 'json', schema: { type: 'object' } }];
    case 'json_schema':
      return [{ kind: 'json', schema: format.schema, isExact: format.strict ?? false }];
    default:
      return [];
  }
}

async function* responseStream(
  { events }: Generations,
  made: ResponseEvents,
): AsyncGenerator<string, void, undefined> {
  for await (const event of events) for (const one of made.of(event)) yield sseMessage(one, one.type);
}

function streamError({ message, details }: HttpError): string {
  return sseMessage({ type: 'error', code: details.code, message, param: null }, 'error');
}
