import type {
  EmbeddingRequest,
  Engine,
  GenerationRequest,
  IndexedEvent,
  ServedModel,
} from '../engine/engine';
import { EngineError, type EngineErrorCode, type RequestPart } from '../engine/error';

/** The questions that an engine answers at once. */
export type Question =
  | 'tokenize'
  | 'detokenize'
  | 'applyTemplate'
  | 'countTokens'
  | 'status'
  | 'saveSlot'
  | 'restoreSlot'
  | 'eraseSlot'
  | 'close';

/** What the thread of the model is told. Each request has a number, which its answers have too. */
export type ToWorker =
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly question: Question;
      readonly values: readonly unknown[];
    }
  | { readonly kind: 'generate'; readonly id: number; readonly requests: readonly GenerationRequest[] }
  | { readonly kind: 'embed'; readonly id: number; readonly request: EmbeddingRequest }
  | { readonly kind: 'abort'; readonly id: number };

/** What the thread of the model tells. */
export type FromWorker =
  | { readonly kind: 'opened'; readonly model: ServedModel }
  | { readonly kind: 'not-opened'; readonly error: SentError }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'event'; readonly id: number; readonly event: IndexedEvent }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'error'; readonly id: number; readonly error: SentError };

/** An error as it passes between threads, which keep no classes. */
export interface SentError {
  readonly code: EngineErrorCode;
  readonly what: string;
  readonly part: RequestPart | undefined;
}

/** The types of the questions' answers. */
export type Answers = { readonly [Name in Question]: Awaited<ReturnType<Engine[Name]>> };

/** Make an error ready to be sent. */
export function sentError({ code, message, part }: EngineError): SentError {
  return { code, what: message.replace(/\.$/, ''), part };
}

/** An error that was sent. */
export function receivedError({ code, what, part }: SentError): EngineError {
  return new EngineError(code, what, { part });
}
