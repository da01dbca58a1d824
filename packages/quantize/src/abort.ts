import { QuantizeError } from './error';

/**
 * End the work where the signal says so.
 *
 * @param file - what is being worked on, for the message
 * @throws {@link QuantizeError} `aborted`.
 */
export function throwIfAborted(signal: AbortSignal | undefined, file: string): void {
  if (signal?.aborted !== true) return;
  throw new QuantizeError('aborted', 'quantizing was interrupted', {
    file,
    advice: 'An older output is untouched.',
  });
}
