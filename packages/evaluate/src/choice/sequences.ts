import { EvaluateError } from '../error';
import { logSumExp, valueOf } from '../log-probabilities';
import type { ChoiceTask } from './task';

/** One answer as the model reads it, and which of its tokens count. */
export interface ScoredSequence {
  readonly tokens: Int32Array;
  /** The tokens that count: from `first` up to and without `end`. */
  readonly first: number;
  readonly end: number;
}

/** A text that follows the stem is scored where it has more tokens than this behind what all answers share. */
const MIN_TRAILING_TOKENS = 3;

/**
 * The token sequences of a task's answers, and which of their tokens count, as in llama-perplexity
 * (examples/perplexity/perplexity.cpp of ik_llama.cpp):
 *
 * - answers without stems (HellaSwag, multiple choice): all from the first token that is not the same in all answers;
 * - answers with stems (Winogrande): those behind the stem, which is the same text everywhere, where it is long enough; else
 *   as above. The last token does not count where it is not the only one: it mostly ends the sentence.
 *
 * ik_llama.cpp scores the second answer of a short Winogrande task with the logits behind the first at its first token (its own
 * FIXME says so); here they are the right ones, so such scores differ.
 *
 * Each counts at least one token, and never the first of the sequence, which nothing predicts.
 *
 * @param tokenize - the model's tokens for a text that begins here, with the token that begins a text if it has one.
 * @throws {@link EvaluateError} `too-short` for an answer of fewer than two tokens.
 */
export function scoredSequences(task: ChoiceTask, tokenize: (text: string) => Int32Array): ScoredSequence[] {
  const sequences = task.answers.map(({ text }) => tokenize(text));
  const shortest = sequences.reduce((least, { length }) => Math.min(least, length), Infinity);
  if (shortest < 2) {
    throw new EvaluateError('too-short', 'an answer has too few tokens to be scored', {
      found: `${shortest}`,
      allowed: 'at least 2, question and answer together',
    });
  }
  const shared = Math.max(1, Math.min(sharedTokens(sequences), shortest - 1));
  const stems = task.answers.map(({ stem }) => (stem === undefined ? undefined : tokenize(stem).length));
  if (stems.includes(undefined)) {
    return sequences.map((tokens) => ({ tokens, first: shared, end: tokens.length }));
  }
  const skipsStem = sequences.every(
    ({ length }, index) => length - shared > MIN_TRAILING_TOKENS && (stems[index] ?? length) < length,
  );
  return sequences.map((tokens, index) => {
    const first = skipsStem ? (stems[index] ?? shared) : shared;
    const { length } = tokens;
    return { tokens, first, end: length - first > 1 ? length - 1 : length };
  });
}

/** How many tokens all sequences have in common at their beginning. */
function sharedTokens(sequences: readonly Int32Array[]): number {
  const [first = new Int32Array(0), ...others] = sequences;
  const place = first.findIndex((token, index) => others.some((other) => other[index] !== token));
  return place < 0 ? first.length : place;
}

/**
 * The score of an answer: the mean of the natural logarithms of the probabilities of its tokens that count.
 *
 * @param logitsAt - the logits over the vocabulary after the token at `place` was read; asked for `first - 1` up to `end - 2`,
 * in this order. They may stand in the same array each time.
 * @throws {@link EvaluateError} `out-of-range` for a token that the vocabulary does not have.
 */
export function meanLogProbability(
  { tokens, first, end }: ScoredSequence,
  logitsAt: (place: number) => Float32Array,
): number {
  let sum = 0;
  for (let place = first; place < end; place++) {
    const logits = logitsAt(place - 1);
    sum += valueOf(logits, tokens[place] ?? -1) - logSumExp(logits);
  }
  return sum / (end - first);
}
