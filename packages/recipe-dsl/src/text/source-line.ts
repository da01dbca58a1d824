/** A line of the recipe text. */
export interface SourceLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** The lines of a text, whatever ends them; a byte order mark at the start is left out. */
export function sourceLines(text: string): SourceLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ line: index + 1, text: line }));
}
