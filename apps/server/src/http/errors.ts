import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { EngineError, type EngineErrorCode } from '../engine/error';
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

/** A field of the body that cannot be as it is. */
export function badField(field: string, message: string): HttpError {
  return new HttpError(400, message, { code: 'invalid_value', field });
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

/** A body that is not what the schema says: the first thing that is wrong. */
export function schemaError(error: z.ZodError): HttpError {
  const [issue] = error.issues;
  const { path, message } = issue === undefined ? { path: [], message: 'is wrong' } : toldIssue(issue);
  const field = path.map(String).join('.');
  return new HttpError(400, `${field === '' ? 'the body' : field}: ${message}`, {
    code: 'invalid_value',
    ...(field === '' ? {} : { field }),
  });
}

type Issue = z.core.$ZodIssue;

/** Of a value that may have several forms, what is wrong with the form that it comes closest to. */
function toldIssue(issue: Issue): { readonly path: readonly PropertyKey[]; readonly message: string } {
  // The name of a field that a client made up is a part of what it says.
  if (issue.code === 'invalid_key') return { path: issue.path.slice(0, -1), message: issue.message };
  if (issue.code !== 'invalid_union') return issue;
  const forms = issue.errors.filter((issues) => !issues.some(isOtherForm));
  const [closest] = forms.toSorted((one, other) => one.length - other.length);
  const [first] = closest ?? [];
  if (first === undefined) return issue;
  const { path, message } = toldIssue(first);
  return { path: [...issue.path, ...path], message };
}

/** Whether the value is not even of the type of the form, or says itself that it is another one. */
function isOtherForm({ code, path }: Issue): boolean {
  return path.length === 0 ? code === 'invalid_type' : code === 'invalid_value' && path.join('.') === 'type';
}
