import type { HttpError } from '../errors';

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  503: 'overloaded_error',
};

/** An error as Anthropic's API tells it. */
export function anthropicError({ status, message }: HttpError): object {
  return { type: 'error', error: { type: types[status] ?? 'invalid_request_error', message } };
}
