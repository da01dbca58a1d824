/**
 * Where a command writes: results to stdout, progress and notes to stderr, so that a pipe gets results alone.
 */
export interface Output {
  /** One line of the result. */
  line(text: string): void;
  /** One line of progress or of a note. */
  note(text: string): void;
  /** A line that replaces the one before on a terminal, and is left out elsewhere. */
  status(text: string): void;
  /** Take away the status line. */
  clearStatus(): void;
  /** Whether notes go to a terminal. */
  readonly interactive: boolean;
}
