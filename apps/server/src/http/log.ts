import type { DoorContext } from './context';
import { CLIENT_GONE, faultOf, type HttpError } from './errors';

/** One line of the log. What clients say, and their keys, never stand in it. */
export interface LogEntry {
  readonly level: 'info' | 'error';
  /** `aborted`: the client went away before it had its whole answer. */
  readonly event: 'request' | 'failure' | 'aborted';
  readonly requestId: string;
  readonly client: string;
  readonly method: string;
  readonly path: string;
  /** Of a stream that broke off, the status that it would have had; 499 where the client went away. */
  readonly status: number;
  /** Until the answer was whole, or the client went away. */
  readonly milliseconds: number;
  /** The code of the error by which a request was refused or failed. */
  readonly code?: string | undefined;
  /** The field of the body that was at fault. */
  readonly field?: string | undefined;
  /** The place in the body that was at fault, in characters. */
  readonly offset?: number | undefined;
  /** Why the server failed. */
  readonly error?: string | undefined;
  /** Where the server failed. */
  readonly stack?: string | undefined;
}

/** Takes the lines of the log. */
export type Log = (entry: LogEntry) => void;

/** Tells the log of each request, when its answer is whole or has broken off. */
export function tellLog(log: Log) {
  return async (context: DoorContext, next: () => Promise<void>): Promise<void> => {
    const began = performance.now();
    const tell = (error: HttpError | undefined): void =>
      log(entryOf(context, error, performance.now() - began));
    await next();
    const { error } = context;
    const { streamed } = context.var;
    if (streamed === undefined) tell(error === undefined ? undefined : faultOf(error, context.var));
    else void streamed.then(tell);
  };
}

function entryOf(context: DoorContext, error: HttpError | undefined, milliseconds: number): LogEntry {
  const status = error?.status ?? context.res.status;
  // 503 is what a server that ends has to say.
  const hasFailed = status >= 500 && status !== 503;
  const { code, field, offset, cause } = error?.details ?? {};
  return {
    level: hasFailed ? 'error' : 'info',
    event: status === CLIENT_GONE ? 'aborted' : hasFailed ? 'failure' : 'request',
    requestId: context.var.requestId,
    client: context.var.client,
    method: context.req.method,
    path: context.req.path,
    status,
    milliseconds: Math.round(milliseconds),
    ...(code === undefined ? {} : { code }),
    ...(field === undefined ? {} : { field }),
    ...(offset === undefined ? {} : { offset }),
    ...(hasFailed ? failureOf(cause ?? error) : {}),
  };
}

/** What the server did wrong. Messages of refusals may quote what a client says; those of failures tell of the server. */
function failureOf(error: unknown): Pick<LogEntry, 'error' | 'stack'> {
  return error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) };
}
