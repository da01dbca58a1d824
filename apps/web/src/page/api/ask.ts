import { ServerError, type ErrorKind } from './server-error';

const kinds: Readonly<Record<number, ErrorKind>> = { 401: 'key', 429: 'busy', 503: 'busy' };

/** What a request is sent with. */
export interface AskOptions {
  /** Empty for none. */
  readonly apiKey: string;
  readonly signal?: AbortSignal;
  /** Sent as JSON, by POST; without one it is a GET. */
  readonly body?: unknown;
}

/** Ask the server that this page came from. @throws ServerError, or what the signal was aborted with. */
export async function ask(path: string, { apiKey, signal, body }: AskOptions): Promise<Response> {
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    throw signal?.aborted === true ? cause : new ServerError('unreachable', '');
  });
  if (response.ok) return response;
  throw await refusal(response);
}

/** The form in which the server tells errors. */
export interface ToldError {
  readonly message?: string;
  readonly code?: string;
}

async function refusal(response: Response): Promise<ServerError> {
  const { status, headers } = response;
  const told = (await response.json().catch(() => ({}))) as { readonly error?: ToldError };
  const message = told.error?.message ?? `The server answered with status ${status}.`;
  const kind = kinds[status] ?? kindOf(told.error, status);
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  return new ServerError(kind, message, Number.isFinite(retryAfter) ? retryAfter : undefined);
}

/** What an error is, by its code, where the status does not say it. */
export function kindOf(told: ToldError | undefined, status = 500): ErrorKind {
  if (told?.code === 'context_length_exceeded') return 'too-long';
  return status >= 500 ? 'failed' : 'refused';
}
