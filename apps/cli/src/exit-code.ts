/** What the command tells the shell. Documented in the README and in `halftone --help`. */
export const EXIT_CODE = {
  success: 0,
  /** The work failed; the message on stderr says why. An older output is untouched. */
  failure: 1,
  /** The command line was not understood. */
  usage: 2,
} as const;

/** Added to the number of the signal that ended the command, as shells do: 130 for Ctrl-C. */
export const SIGNAL_EXIT_CODE = 128;
