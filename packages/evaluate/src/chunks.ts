import { EvaluateError } from './error';

/** A text as a model is measured on it: chunks one after another, of which each is read from the start. */
export interface TextChunks {
  /** Tokens of a chunk. */
  readonly contextLength: number;
  readonly count: number;
  /** See {@link firstScoredPlace}. */
  readonly firstScored: number;
  /** The tokens of chunk `index` as the model reads them: the first is the token that begins a text, if the model adds one. */
  tokens(index: number): Int32Array;
  /** All chunks one after another, as they stand in the text: the tokens to be predicted. */
  readonly text: Int32Array;
  /**
   * The token that comes after a place of a chunk.
   *
   * @throws {@link EvaluateError} `out-of-range` where the chunk has no next token.
   */
  target(index: number, place: number): number;
}

/** How a text is cut. */
export interface TextChunkOptions {
  /** Tokens of a chunk. */
  readonly contextLength: number;
  /** Of the model that reads. Where texts begin with a token of their own, it takes the place of the first of each chunk. */
  readonly tokenizer?:
    { readonly addsBeginning: boolean; readonly beginning: number | undefined } | undefined;
  /** Chunks at most; all when left out. */
  readonly limit?: number | undefined;
}

/**
 * The first place of a chunk whose next token is scored; all up to the last but one are. It is in the middle, so that every scored
 * token has at least half a chunk before it.
 */
export function firstScoredPlace(contextLength: number): number {
  return Math.floor(contextLength / 2);
}

/** How many places of a chunk have a next token that is scored. */
export function scoredCount(contextLength: number): number {
  return contextLength - 1 - firstScoredPlace(contextLength);
}

/**
 * Cut a text into chunks; what is left at the end is not used. This is the way of ik_llama.cpp
 * (examples/perplexity/perplexity.cpp), so figures compare.
 *
 * @throws {@link EvaluateError} `too-short` for fewer than two chunks.
 */
export function textChunks(
  tokens: Int32Array,
  { contextLength, tokenizer, limit = Infinity }: TextChunkOptions,
): TextChunks {
  if (tokens.length < 2 * contextLength) {
    throw new EvaluateError('too-short', 'the text is too short to measure a model on', {
      found: `${tokens.length} tokens`,
      allowed: `at least ${2 * contextLength}, two chunks of ${contextLength}`,
      advice: 'Give a longer text, or a smaller context.',
    });
  }
  const count = Math.min(limit, Math.floor(tokens.length / contextLength));
  const text = tokens.subarray(0, count * contextLength);
  const beginning = tokenizer?.addsBeginning === true ? tokenizer.beginning : undefined;
  return {
    contextLength,
    count,
    firstScored: firstScoredPlace(contextLength),
    text,
    tokens(index) {
      const chunk = text.slice(index * contextLength, (index + 1) * contextLength);
      if (beginning !== undefined) chunk[0] = beginning;
      return chunk;
    },
    target(index, place) {
      const isInside = place >= 0 && place < contextLength - 1;
      const target = isInside ? text[index * contextLength + place + 1] : undefined;
      if (target !== undefined) return target;
      throw new EvaluateError('out-of-range', 'no token of the text comes after this place', {
        found: `place ${place} of chunk ${index}`,
        allowed: `places 0 to ${contextLength - 2} of chunks 0 to ${count - 1}`,
      });
    },
  };
}
