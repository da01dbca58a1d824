import { EXIT_CODE } from '../exit-code';
import type { Output } from './output';
import { printable } from './printable';

/** Back to the start of the line, and clear it. */
const CLEAR_LINE = '\r\u001b[2K';
/** Where a terminal does not tell how wide it is. */
const USUAL_COLUMNS = 80;

/** Where a process writes: what of `process` is needed. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

/** The output of a real process: stdout, stderr, and a status line where stderr is a terminal. */
export function processOutput({ stdout, stderr, env }: Streams = process): Output {
  const interactive = stderr.isTTY && env['TERM'] !== 'dumb';
  muteWhenClosed(stdout);
  muteWhenClosed(stderr);
  // Only what is a status line may be cleared: text that goes on stands on its line until it ends.
  let hasStatus = false;
  const clearStatus = (): void => {
    if (hasStatus) stderr.write(CLEAR_LINE);
    hasStatus = false;
  };
  return {
    line: (text) => {
      clearStatus();
      stdout.write(`${printable(text)}\n`);
    },
    text: (text) => {
      clearStatus();
      stdout.write(printable(text));
    },
    note: (text) => {
      clearStatus();
      stderr.write(`${printable(text)}\n`);
    },
    status: (text) => {
      if (!interactive) return;
      // A line that wraps could not be cleared again.
      stderr.write(CLEAR_LINE + printable(text).slice(0, (stderr.columns || USUAL_COLUMNS) - 1));
      hasStatus = true;
    },
    clearStatus,
  };
}

/**
 * A reader that has seen enough (`halftone inspect FILE | head`) is no error: what is written to it from then on is
 * lost, and the work goes on. It goes on, too, when a result cannot be written for another reason, such as a full disk;
 * but then the command fails.
 */
function muteWhenClosed(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || stream === process.stderr) return;
    process.stderr.write(`halftone: cannot write the result: ${error.message}\n`);
    process.exitCode = EXIT_CODE.failure;
  });
}
