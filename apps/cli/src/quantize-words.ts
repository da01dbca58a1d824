import { dirname, join } from 'node:path';
import { HalftoneError } from '@halftone/errors';
import { MAX_THREADS } from '@halftone/tensor-kernels';
import { findFtype, looksLikeFtype, parseFtype, type Ftype, type Program } from '@halftone/recipe-dsl';

/** The words after IN, understood. */
export interface QuantizeWords {
  readonly output: string;
  readonly ftype: Ftype;
  /** `undefined` where it was not given, or given as 0: as many as the machine has cores. */
  readonly threads: number | undefined;
}

/** The words of a command line make no sense together. */
export class UsageError extends HalftoneError<'usage'> {}

/** The error for options that exclude one another. */
export function contradiction(found: string, allowed: string): UsageError {
  return new UsageError('usage', 'these options make no sense together', { found, allowed });
}

/**
 * Tell `[OUT] FTYPE [THREADS]` apart, as llama-quantize does: when the first word names a type, OUT was left out and
 * becomes `ggml-model-FTYPE.gguf` beside the input. A number is taken for a type only where a type must stand.
 *
 * @param mixture - the program whose mixture FTYPE names.
 * @throws UsageError when a word is missing, left over or no number, and the errors of `parseFtype`.
 */
export function quantizeWords(input: string, words: readonly string[], mixture?: Program): QuantizeWords {
  const [first = '', second, third] = words;
  if (second === undefined || findFtype(first) !== undefined || looksLikeFtype(first)) {
    if (second === undefined && !isFtypeOrId(first)) throw usage('FTYPE is missing', first);
    if (third !== undefined) throw usage('nothing may follow THREADS', third);
    const ftype = parseFtype(first, mixture);
    return {
      output: join(dirname(input), `ggml-model-${ftype.name}.gguf`),
      ftype,
      threads: parseThreads(second),
    };
  }
  return { output: first, ftype: parseFtype(second, mixture), threads: parseThreads(third) };
}

/**
 * Tell `OUT [FTYPE] [THREADS]` apart, where nothing is quantized: a file type says nothing then, and llama-quantize asks for one.
 *
 * @throws UsageError when a word is left over or no number.
 */
export function repackWords(words: readonly string[]): Omit<QuantizeWords, 'ftype'> {
  const [output = '', second, ...rest] = words;
  if (findFtype(output) !== undefined) throw usage('OUT is missing', output, REPACK_WORDS);
  const isFtype = second !== undefined && findFtype(second) !== undefined;
  const [threads, left] = isFtype ? rest : [second, ...rest];
  if (left !== undefined) throw usage('nothing may follow THREADS', left, REPACK_WORDS);
  return { output, threads: parseThreads(threads, REPACK_WORDS) };
}

const QUANTIZE_WORDS = 'IN [OUT] FTYPE [THREADS]';
const REPACK_WORDS = 'IN OUT [FTYPE] [THREADS]';

/** Whether a lone word can be meant as FTYPE; anything else is an OUT whose FTYPE was forgotten. */
function isFtypeOrId(word: string): boolean {
  return findFtype(word) !== undefined || looksLikeFtype(word) || /^\d+$/.test(word);
}

function parseThreads(word: string | undefined, allowed = QUANTIZE_WORDS): number | undefined {
  if (word === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(word)) throw usage('THREADS is no whole number', word, allowed);
  const threads = Number(word);
  if (threads > MAX_THREADS) throw usage(`THREADS is more than ${MAX_THREADS}`, word, allowed);
  return threads > 0 ? threads : undefined;
}

function usage(what: string, found: string, allowed = QUANTIZE_WORDS): UsageError {
  return new UsageError('usage', what, {
    found: JSON.stringify(found),
    allowed,
    advice: 'See halftone quantize --help.',
  });
}
