import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { EngineError, type EngineErrorCode } from '../engine/error';

/** A request that is refused, as HTTP tells it. */
export class HttpError extends Error {
  constructor(
    readonly status: ContentfulStatusCode,
    message: string,
    readonly details: {
      /** Stable, for programs. */
      readonly code: string;
      /** The field of the body that is at fault. */
      readonly field?: string;
      /** Seconds after which it may be asked again. */
      readonly retryAfter?: number;
      readonly cause?: unknown;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
  }
}

/** A field of the body that cannot be as it is. */
export function badField(field: string, message: string): HttpError {
  return new HttpError(400, message, { code: 'invalid_value', field });
}

const statuses: Readonly<Record<EngineErrorCode, ContentfulStatusCode>> = {
  'bad-request': 400,
  'too-long': 400,
  'queue-full': 429,
  closed: 503,
  failed: 500,
};

/** The names that clients of OpenAI's API look for. */
const codes: Readonly<Record<EngineErrorCode, string>> = {
  'bad-request': 'invalid_request',
  'too-long': 'context_length_exceeded',
  'queue-full': 'rate_limit_exceeded',
  closed: 'shutting_down',
  failed: 'server_error',
};

/** Seconds after which a slot is likely free: about the time of a short answer. */
const RETRY_AFTER = 2;

/** Whatever was thrown, as HTTP tells it. What is no fault of the request is told without its inside. */
export function httpErrorOf(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (!(error instanceof EngineError)) {
    return new HttpError(500, 'The server failed. Its log tells why.', {
      code: 'server_error',
      cause: error,
    });
  }
  const waits = error.code === 'queue-full' || error.code === 'closed';
  return new HttpError(statuses[error.code], error.message, {
    code: codes[error.code],
    cause: error,
    ...(waits ? { retryAfter: RETRY_AFTER } : {}),
  });
}

/** A body that is not what the schema says: the first thing that is wrong. */
export function schemaError(error: z.ZodError): HttpError {
  const [issue] = error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  return new HttpError(400, `${field === '' ? 'the body' : field}: ${issue?.message ?? 'is wrong'}`, {
    code: 'invalid_value',
    ...(field === '' ? {} : { field }),
  });
}
