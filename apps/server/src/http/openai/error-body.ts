import type { HttpError } from '../errors';
import { sseMessage } from '../event-stream';

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'server_error',
  503: 'server_error',
};

/** An error as OpenAI's API tells it. */
export function openAiError({ status, message, details }: HttpError): object {
  const type = types[status] ?? 'invalid_request_error';
  return { error: { message, type, param: details.field ?? null, code: details.code } };
}

/** An error that ends a stream of OpenAI's API. */
export function openAiStreamError(error: HttpError): string {
  return sseMessage(openAiError(error)) + sseMessage('[DONE]');
}
