/** One line of the log. What clients say, and their keys, never stand in it. */
export interface LogEntry {
  readonly level: 'info' | 'error';
  readonly event: 'request' | 'failure';
  readonly requestId: string;
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Until the answer began. */
  readonly milliseconds: number;
  /** Why a request was refused or failed. */
  readonly error?: string | undefined;
  /** Where the server failed. */
  readonly stack?: string | undefined;
}

/** Takes the lines of the log. */
export type Log = (entry: LogEntry) => void;
