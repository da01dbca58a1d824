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
