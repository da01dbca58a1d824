/** A text cut into chunks of equal length, each of which is read from the start: `textChunks` of `@halftone/evaluate` is one. */
export interface Chunks {
  /** Tokens of a chunk. */
  readonly contextLength: number;
  readonly count: number;
  /** The first place of a chunk whose next token is scored; all up to the last but one are. */
  readonly firstScored: number;
  /** Tokens of chunk `index` as the model reads them: (contextLength). */
  tokens(index: number): Int32Array;
}

/** The places of a chunk whose next token is scored. */
export function scoredPlaces({ contextLength, firstScored }: Chunks): readonly number[] {
  return Array.from(
    { length: Math.max(0, contextLength - 1 - firstScored) },
    (_, index) => firstScored + index,
  );
}
