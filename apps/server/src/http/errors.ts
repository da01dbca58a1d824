import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { EngineError, type EngineErrorCode } from '../engine/error';
import { shortJson } from './short-json';
import type { WireNames } from './wire-names';

/** The status, by nginx's number, of a request whose client went away: nobody gets it, but the log has it. */
export const CLIENT_GONE = 499;

/** A request that is refused, as HTTP tells it. */
export class HttpError extends Error {
  constructor(
    readonly status: ContentfulStatusCode | typeof CLIENT_GONE,
    message: string,
    readonly details: {
      /** Stable, for programs. */
      readonly code: string;
      /** The field of the body that is at fault. */
      readonly field?: string;
      /** The place in the body that is at fault, in characters. */
      readonly offset?: number;
      /** The methods that the path has. */
      readonly allow?: string;
      /** Seconds after which it may be asked again. */
      readonly retryAfter?: number;
      readonly cause?: unknown;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
  }
}

/** The client went away before it had its answer. */
export function clientGone(): HttpError {
  return new HttpError(CLIENT_GONE, 'the client went away', { code: 'client_closed_request' });
}

/** What is wrong with a field. */
export interface FieldFault {
  /** Its value; `undefined` where there is none. */
  readonly found: unknown;
  /** What it may be, in words. */
  readonly allowed: string;
  /** Why it may not be more. */
  readonly why?: string;
}

/** A field of a request that cannot be as it is. */
export function badField(field: string, { found, allowed, why }: FieldFault): HttpError {
  const reason = why === undefined ? '' : ` (${why})`;
  return fieldError(field, `found ${shortJson(found)}, allowed ${allowed}${reason}`);
}

/** A field of a request, and what is wrong with it; the body itself has no name. */
export function fieldError(field: string, what: string): HttpError {
  return new HttpError(400, `${field === '' ? 'the body' : field}: ${what}`, {
    code: 'invalid_value',
    ...(field === '' ? {} : { field }),
  });
}

const statuses: Readonly<Record<EngineErrorCode, ContentfulStatusCode>> = {
  'bad-request': 400,
  'too-long': 400,
  'queue-full': 429,
  busy: 409,
  closed: 503,
  failed: 500,
};

/** The names that clients of OpenAI's API look for. */
const codes: Readonly<Record<EngineErrorCode, string>> = {
  'bad-request': 'invalid_request',
  'too-long': 'context_length_exceeded',
  'queue-full': 'rate_limit_exceeded',
  busy: 'slot_busy',
  closed: 'shutting_down',
  failed: 'server_error',
};

/** Seconds after which a slot is likely free: about the time of a short answer. */
const RETRY_AFTER = 2;

/** What may be asked again. */
const waiting: ReadonlySet<EngineErrorCode> = new Set(['queue-full', 'busy', 'closed']);

/** Whatever was thrown, as HTTP tells it. What is no fault of the request is told without its inside. */
function httpErrorOf(error: unknown, names: WireNames): HttpError {
  if (error instanceof HttpError) return error;
  if (!(error instanceof EngineError)) {
    return new HttpError(500, 'The server failed. Its log tells why.', {
      code: 'server_error',
      cause: error,
    });
  }
  const field = error.part === undefined ? undefined : names[error.part];
  const message = field === undefined ? error.message : `${field}: ${error.message}`;
  return new HttpError(statuses[error.code], message, {
    code: codes[error.code],
    cause: error,
    ...(field === undefined ? {} : { field }),
    ...(waiting.has(error.code) ? { retryAfter: RETRY_AFTER } : {}),
  });
}

/** The request that an error happened to. */
interface FaultyRequest {
  /** Aborted when the client goes away: whatever else fails then is no matter. */
  readonly gone: AbortSignal;
  /** The names that its API has for the parts of a request. */
  readonly names: WireNames;
}

/** What was thrown, as HTTP tells it. */
export function faultOf(error: unknown, { gone, names }: FaultyRequest): HttpError {
  return gone.aborted ? clientGone() : httpErrorOf(error, names);
}
