/** A text cut into windows of equal length, each of which is read from the start: `textWindows` of `@halftone/evaluate` is one. */
export interface Windows {
  /** Tokens of a window. */
  readonly context: number;
  readonly count: number;
  /** The first place of a window whose next token is scored; all up to the last but one are. */
  readonly firstScored: number;
  /** Tokens of window `index` as the model reads them: (context). */
  tokens(index: number): Int32Array;
}

/** The places of a window whose next token is scored. */
export function scoredPlaces({ context, firstScored }: Windows): readonly number[] {
  return Array.from({ length: Math.max(0, context - 1 - firstScored) }, (_, index) => firstScored + index);
}
