import { dirname, join } from 'node:path';
import { HalftoneError } from '@halftone/errors';

/** The words after IN, understood. */
export interface QuantizeWords {
  readonly output: string;
  readonly ftype: string;
  /** `undefined` where it was not given, or given as 0: as many as the machine has cores. */
  readonly threads: number | undefined;
}

/** The words of a command line make no sense together. */
export class UsageError extends HalftoneError<'usage'> {}

/**
 * Tell `[OUT] FTYPE [THREADS]` apart, as llama-quantize does: when the first word names a type, OUT was left out and
 * becomes `ggml-model-FTYPE.gguf` beside the input.
 *
 * @param isFtype - whether a word names a type of file, such as `IQ4_KSS`.
 * @throws {@link UsageError} when a word is missing, left over or no number.
 */
export function quantizeWords(
  input: string,
  words: readonly string[],
  isFtype: (word: string) => boolean,
): QuantizeWords {
  const [first = '', second, third] = words;
  if (isFtype(first)) {
    if (third !== undefined) throw usage(`nothing may follow THREADS`, third, 'IN FTYPE [THREADS]');
    const output = join(dirname(input), `ggml-model-${first.toUpperCase()}.gguf`);
    return { output, ftype: first, threads: parseThreads(second) };
  }
  if (second === undefined) throw usage('FTYPE is missing', first, 'IN [OUT] FTYPE [THREADS]');
  return { output: first, ftype: second, threads: parseThreads(third) };
}

function parseThreads(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (!/^-?\d{1,3}$/.test(word)) throw usage('THREADS is no number', word, 'a whole number');
  return Number(word) > 0 ? Number(word) : undefined;
}

function usage(what: string, found: string, allowed: string): UsageError {
  return new UsageError('usage', what, {
    found: JSON.stringify(found),
    allowed,
    advice: 'See halftone quantize --help.',
  });
}
