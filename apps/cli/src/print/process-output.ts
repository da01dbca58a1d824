import { createLogUpdate } from 'log-update';
import type { Output } from './output';

/** The output of a real process: stdout, stderr, and a status line where stderr is a terminal. */
export function processOutput(): Output {
  const interactive = process.stderr.isTTY;
  const status = createLogUpdate(process.stderr);
  // A reader that has seen enough (`halftone inspect FILE | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    interactive,
    line: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => {
      if (interactive) status.clear();
      process.stderr.write(`${text}\n`);
    },
    status: (text) => {
      if (interactive) status(text);
    },
    clearStatus: () => {
      if (interactive) status.clear();
    },
  };
}
