import { EXIT_CODE } from '../exit-code';
import type { Output } from './output';
import { printable } from './printable';

/** Back to the start of the line, and clear it. */
const CLEAR_LINE = '\r\u001b[2K';
/** Where a terminal does not tell how wide it is. */
const USUAL_COLUMNS = 80;

/** The output of a real process: stdout, stderr, and a status line where stderr is a terminal. */
export function processOutput(): Output {
  const { stdout, stderr } = process;
  const interactive = stderr.isTTY && process.env['TERM'] !== 'dumb';
  muteWhenClosed(stdout);
  muteWhenClosed(stderr);
  const clearStatus = (): void => {
    if (interactive) stderr.write(CLEAR_LINE);
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
