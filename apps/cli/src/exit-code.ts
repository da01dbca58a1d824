/** What the command tells the shell. Documented in the README and in `halftone --help`. */
export const EXIT_CODE = {
  success: 0,
  /** The work failed; the message on stderr says why. No output was written, an older one is untouched. */
  failure: 1,
  /** The command line was not understood. */
  usage: 2,
  /** Ended by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
} as const;
