import { EventSourceParserStream } from 'eventsource-parser/stream';
import { ask, kindOf, type ToldError } from './ask';
import type { ChatRequest } from '../chat/chat-request';
import { ServerError } from './server-error';

/** What comes of a chat request, in this order; texts and calls any number of times. */
export type ChatEvent =
  | { readonly kind: 'reading' }
  | { readonly kind: 'text' | 'reasoning'; readonly text: string }
  | { readonly kind: 'call'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly kind: 'arguments'; readonly index: number; readonly text: string }
  | { readonly kind: 'end'; readonly reason: string }
  | { readonly kind: 'usage'; readonly usage: ChatUsage; readonly timings: ChatTimings | undefined };

/** Tokens, by the names of OpenAI's API. */
export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number };
}

/** How fast it was, by the names of llama.cpp's server. */
export interface ChatTimings {
  readonly prompt_ms: number;
  readonly prompt_per_second: number;
  readonly predicted_ms: number;
  readonly predicted_per_second: number;
}

/** A chunk of a streamed answer, as far as this page reads it. */
interface ChatChunk {
  readonly choices: readonly {
    readonly delta: {
      readonly role?: string;
      readonly content?: string | null;
      readonly reasoning_content?: string | null;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function?: { readonly name?: string; readonly arguments?: string };
      }[];
    };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: ChatUsage | null;
  readonly timings?: ChatTimings;
  readonly error?: ToldError;
}

/** Ask for an answer and read it while it comes. @throws ServerError, or what the signal was aborted with. */
export async function* streamChat(
  request: ChatRequest,
  apiKey: string,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  const { body } = await ask('/v1/chat/completions', { apiKey, signal, body: request });
  if (body !== null) yield* readChat(body, signal);
}

/** The events in the bytes of a stream. @throws ServerError for an error in the stream, and `cut` when it ends too soon. */
export async function* readChat(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = messages.getReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) throw new ServerError('cut', '');
      if (value.data === '[DONE]') return;
      yield* eventsOf(JSON.parse(value.data) as ChatChunk);
    }
  } catch (error) {
    if (signal.aborted || error instanceof ServerError) throw error;
    throw new ServerError('cut', '');
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function* eventsOf({ choices, usage, timings, error }: ChatChunk): Generator<ChatEvent, void, undefined> {
  if (error !== undefined) throw new ServerError(kindOf(error), error.message ?? '');
  for (const { delta, finish_reason: reason } of choices) {
    if (delta.role !== undefined) yield { kind: 'reading' };
    if (delta.reasoning_content) yield { kind: 'reasoning', text: delta.reasoning_content };
    if (delta.content) yield { kind: 'text', text: delta.content };
    for (const { index, id, function: called } of delta.tool_calls ?? []) {
      if (id !== undefined) yield { kind: 'call', index, id, name: called?.name ?? '' };
      if (called?.arguments) yield { kind: 'arguments', index, text: called.arguments };
    }
    if (reason !== null) yield { kind: 'end', reason };
  }
  if (usage) yield { kind: 'usage', usage, timings };
}
