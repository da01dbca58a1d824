import { ChatError } from '@halftone/chat';
import { HalftoneError, isHalftoneError, type ErrorFacts } from '@halftone/errors';
import type { AnswerForm } from './engine';

/**
 * Why a request gets no answer.
 *
 * - `bad-request`: the request asks for what cannot be done
 * - `too-long`: the prompt does not fit into the context
 * - `queue-full`: too many requests wait already
 * - `busy`: a slot is being worked on
 * - `closed`: the server is shutting down
 * - `failed`: the fault is the server's, or its model file's
 */
export type EngineErrorCode = 'bad-request' | 'too-long' | 'queue-full' | 'busy' | 'closed' | 'failed';

/** What of a request may be at fault. Each API has a name of its own for it. */
export type RequestPart =
  'prompt' | 'tools' | 'variables' | 'calls' | 'texts' | 'slot' | 'file' | AnswerForm['kind'];

/** What else is known of an {@link EngineError}. */
export interface EngineErrorFacts extends ErrorFacts {
  readonly part?: RequestPart | undefined;
}

/** A request that is not answered. */
export class EngineError extends HalftoneError<EngineErrorCode> {
  /** The part of the request that is at fault, where one is. */
  readonly part: RequestPart | undefined;

  constructor(code: EngineErrorCode, what: string, { part, ...facts }: EngineErrorFacts = {}) {
    super(code, what, facts);
    this.part = part;
  }
}

/** Codes of other rooms that are the request's fault. */
const requestFaults: ReadonlySet<string> = new Set([
  'bad-option',
  'bad-token',
  'no-token',
  'out-of-range',
  'bad-grammar',
  'left-recursion',
  'unsupported',
]);

/** Faults of a model's file, which no request can mend. */
const templateFaults: ReadonlySet<string> = new Set(['wrong-type', 'bad-template']);

/** The error for a prompt that does not fit into the context of a slot. @param found - how long it is, with its unit */
export function promptTooLong(found: string, contextLength: number): EngineError {
  return new EngineError('too-long', 'the prompt does not fit into the context', {
    found,
    part: 'prompt',
    allowed: `fewer than ${contextLength} tokens`,
    advice: 'Shorten it, or start the server with a larger context or fewer slots.',
  });
}

/** What went wrong, as the request that it happened to is told. @param part - what of the request was being worked on */
export function engineErrorOf(error: unknown, part?: RequestPart): EngineError {
  if (error instanceof EngineError) return error;
  if (!isHalftoneError(error)) {
    const what = error instanceof Error ? error.message : String(error);
    return new EngineError('failed', what, { cause: error });
  }
  const what = error.message.replace(/\.$/, '');
  const isRequestFault =
    error instanceof ChatError ? !templateFaults.has(error.code) : requestFaults.has(error.code);
  if (error.code === 'context-full' || error.code === 'too-long') {
    return new EngineError('too-long', what, { part, cause: error });
  }
  return isRequestFault
    ? new EngineError('bad-request', what, { part, cause: error })
    : new EngineError('failed', what, { cause: error });
}

/** Work on a part of a request. @throws EngineError, which names the part where it is at fault. */
export function forPart<Result>(part: RequestPart, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw engineErrorOf(error, part);
  }
}
