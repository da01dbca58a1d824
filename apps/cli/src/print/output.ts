/**
 * Where a command writes: results to stdout, progress and notes to stderr, so that a pipe gets results alone.
 */
export interface Output {
  /** One line of the result, or several. */
  line(text: string): void;
  /** Text of the result that goes on: no end of a line comes after it. */
  text(text: string): void;
  /** One line of progress or of a note, or several. */
  note(text: string): void;
  /** A line that replaces the one before on a terminal, and is left out elsewhere. */
  status(text: string): void;
  /** Take away the status line. */
  clearStatus(): void;
}
