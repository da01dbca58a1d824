import { constants } from 'node:os';
import { message } from '@optique/core/message';
import { run } from '@optique/run';
import { commandLine } from './command-line';
import { EXIT_CODE, SIGNAL_EXIT_CODE } from './exit-code';
import { main } from './main';
import { processOutput } from './print/process-output';
import { VERSION } from './version';

const words = process.argv.slice(2);
const request = run(commandLine, {
  args: words.length === 0 ? ['--help'] : words,
  programName: 'halftone',
  brief: message`Make large language models small without making them worse.`,
  help: 'both',
  version: VERSION,
  completion: 'command',
  errorExitCode: EXIT_CODE.usage,
  aboveError: 'none',
  // As errors of the work begin.
  stderr: (text) => process.stderr.write(`${text.replace(/^Error:/, 'halftone:')}\n`),
  usageLine: [{ type: 'ellipsis' }],
  footer: message`Exit codes: 0 done, 1 failed (an older output is untouched; what can be gone on with is told), 2 not understood, 128 and more ended by a signal: 130 for Ctrl-C.`,
});

const interrupt = new AbortController();
let interruptedBy: NodeJS.Signals | undefined;

/** Let the system end the process. */
function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The first time, the work ends in order. Who asks again does not want to wait: the system ends the process, for to
    // exit would be to take things from threads that work with them.
    if (interrupt.signal.aborted) {
      endBy(signal);
      return;
    }
    interruptedBy = signal;
    interrupt.abort();
  });
}

/** Milliseconds that threads have to end after an interrupt. Threat: a file operation that hangs keeps its thread for ever. */
const END_TIME = 5000;

const exitCode = await main(request, processOutput(), interrupt.signal);
// A result that could not be written has set a code of its own.
if (interruptedBy !== undefined) {
  const signal: NodeJS.Signals = interruptedBy;
  process.exitCode = SIGNAL_EXIT_CODE + constants.signals[signal];
  setTimeout(() => endBy(signal), END_TIME).unref();
} else if (exitCode !== EXIT_CODE.success) process.exitCode = exitCode;
