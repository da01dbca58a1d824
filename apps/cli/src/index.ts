import { message } from '@optique/core/message';
import { run } from '@optique/run';
import { commandLine } from './command-line';
import { EXIT_CODE } from './exit-code';
import { main } from './main';
import { processOutput } from './print/process-output';
import { VERSION } from './version';

const request = run(commandLine, {
  programName: 'halftone',
  brief: message`Make large language models small without making them worse.`,
  help: 'both',
  version: VERSION,
  completion: 'command',
  errorExitCode: EXIT_CODE.usage,
  aboveError: 'none',
  usageLine: [{ type: 'ellipsis' }],
  footer: message`Exit codes: 0 done, 1 failed (no output was written, an older one is untouched), 2 not understood, 130 interrupted.`,
});

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Once: the work ends in order. A second time: the default takes over and the process ends at once.
  process.once(signal, () => interrupt.abort());
}

process.exitCode = await main(request, processOutput(), interrupt.signal);
