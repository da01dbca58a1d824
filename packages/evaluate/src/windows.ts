import { EvaluateError } from './error';

/** A text as perplexity is measured on it: windows one after another, of which each is read from the start. */
export interface TextWindows {
  /** Tokens of a window. */
  readonly context: number;
  readonly count: number;
  /** Places of a window, from 0, whose next token is scored: from `firstScored` up to and without `context - 1`. */
  readonly firstScored: number;
  /** The tokens of window `index` as the model reads them: the first is the token that begins a text, if the model has one. */
  tokens(index: number): Int32Array;
  /** The tokens as they stand in the text: those to be predicted. */
  targets(index: number): Int32Array;
}

/**
 * Cut a text into windows of `context` tokens; what is left at the end is not used. Of each window the second half is scored, so
 * that every scored token has at least half a context before it. This is the peer's way (examples/perplexity/perplexity.cpp), so
 * figures compare.
 *
 * @throws {@link EvaluateError} `too-short` for fewer than two windows.
 * @param beginning - replaces the first token of each window: the token with which the model's texts begin, if it has one.
 */
export function textWindows(
  tokens: Int32Array,
  context: number,
  beginning: number | undefined,
  limit = Infinity,
): TextWindows {
  if (tokens.length < 2 * context) {
    throw new EvaluateError('too-short', 'the text is too short to measure a model on', {
      found: `${tokens.length} tokens`,
      allowed: `at least ${2 * context}, two windows of ${context}`,
      advice: 'Give a longer text, or a smaller context with -c.',
    });
  }
  const targets = (index: number): Int32Array => tokens.subarray(index * context, (index + 1) * context);
  return {
    context,
    count: Math.min(limit, Math.floor(tokens.length / context)),
    firstScored: Math.floor(context / 2),
    targets,
    tokens(index) {
      const window = targets(index).slice();
      if (beginning !== undefined) window[0] = beginning;
      return window;
    },
  };
}
