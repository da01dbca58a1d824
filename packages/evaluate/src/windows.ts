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
  /** All whole windows one after another, as they stand in the text: the tokens to be predicted. */
  readonly text: Int32Array;
  /**
   * The token that comes after a place of a window.
   *
   * @throws {@link EvaluateError} `out-of-range` where the window has no next token.
   */
  target(index: number, place: number): number;
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
  const count = Math.min(limit, Math.floor(tokens.length / context));
  const text = tokens.subarray(0, count * context);
  return {
    context,
    count,
    firstScored: Math.floor(context / 2),
    text,
    tokens(index) {
      const window = text.slice(index * context, (index + 1) * context);
      if (beginning !== undefined) window[0] = beginning;
      return window;
    },
    target(index, place) {
      const target = place >= 0 && place < context - 1 ? text[index * context + place + 1] : undefined;
      if (target !== undefined) return target;
      throw new EvaluateError('out-of-range', 'no token of the text comes after this place', {
        found: `place ${place} of window ${index}`,
        allowed: `places 0 to ${context - 2} of windows 0 to ${count - 1}`,
      });
    },
  };
}
