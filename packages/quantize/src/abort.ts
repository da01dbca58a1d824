import { QuantizeError } from './error';

/**
 * End the work where the signal says so.
 *
 * @param file - what is being worked on, for the message
 * @param work - what is interrupted, for the message
 * @throws {@link QuantizeError} `aborted`.
 */
export function throwIfAborted(
  signal: AbortSignal | undefined,
  file: string,
  work: 'quantizing' | 'comparing' = 'quantizing',
): void {
  if (signal?.aborted !== true) return;
  throw new QuantizeError('aborted', `${work} was interrupted`, {
    file,
    ...(work === 'quantizing' && { advice: 'An older output is untouched.' }),
  });
}
