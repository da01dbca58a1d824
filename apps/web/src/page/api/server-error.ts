/**
 * Why there is no answer.
 *
 * - `unreachable`: nobody answers
 * - `key`: the API key is missing or wrong
 * - `busy`: too many requests wait, or the server is shutting down
 * - `too-long`: the conversation does not fit
 * - `refused`: the request cannot be done
 * - `failed`: the fault is the server's
 * - `cut`: the answer stopped before its end
 */
export type ErrorKind = 'unreachable' | 'key' | 'busy' | 'too-long' | 'refused' | 'failed' | 'cut';

/** An answer that did not come. */
export class ServerError extends Error {
  constructor(
    readonly kind: ErrorKind,
    /** What the server said; empty when it said nothing. */
    message: string,
    /** Seconds after which it may be asked again. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** Why there is no answer, as it is kept and shown. */
export interface Failure {
  readonly kind: ErrorKind;
  readonly title: string;
  readonly message: string;
}

const titles: Readonly<Record<ErrorKind, string>> = {
  unreachable: 'The server cannot be reached',
  key: 'The server wants an API key',
  busy: 'The server is busy',
  'too-long': 'The conversation is too long',
  refused: 'The server refused the request',
  failed: 'The server failed',
  cut: 'The answer was cut off',
};

const advice: Readonly<Record<ErrorKind, string>> = {
  unreachable: 'Is it still running, and are you still connected to it?',
  key: 'Enter it in the settings.',
  busy: 'Try again in a moment.',
  'too-long': 'Begin a new chat, shorten a message, or start the server with a larger context (-c).',
  refused: '',
  failed: 'Its log tells why.',
  cut: 'The connection to the server broke. Try again.',
};

/** Whatever was thrown, in words for people. */
export function failureOf(error: unknown): Failure {
  const known = error instanceof ServerError ? error : new ServerError('cut', '');
  const { kind, message, retryAfter } = known;
  const said = message === '' ? '' : `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  const hint = retryAfter === undefined ? advice[kind] : `Try again in ${retryAfter} s.`;
  const sentence = said === '' || /[.!?]$/.test(said) ? said : `${said}.`;
  return { kind, title: titles[kind], message: [sentence, hint].filter((part) => part !== '').join(' ') };
}
