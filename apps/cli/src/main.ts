import { isHalftoneError, type HalftoneError } from '@halftone/errors';
import type { Request } from './command-line';
import { bench } from './commands/bench';
import { choose } from './commands/choose';
import { compare } from './commands/compare';
import { demo } from './commands/demo';
import { doctor } from './commands/doctor';
import { evaluateTools } from './commands/evaluate-tools';
import { imatrix } from './commands/imatrix';
import { inspect } from './commands/inspect';
import { kld } from './commands/kld';
import { perplexity } from './commands/perplexity';
import { plan } from './commands/plan';
import { quantize } from './commands/quantize';
import { run } from './commands/run';
import { serve } from './commands/serve';
import { tokenize } from './commands/tokenize';
import { formats } from './commands/formats';
import { EXIT_CODE } from './exit-code';
import type { Output } from './print/output';
import { UsageError } from './quantize-words';

/**
 * Run one request.
 *
 * @param signal - ends the work at the next good moment, as a failure; an older output is untouched.
 * @returns the exit code for the shell, see {@link EXIT_CODE}.
 */
export async function main(request: Request, output: Output, signal: AbortSignal): Promise<number> {
  try {
    await runCommand(request, output, signal);
    return EXIT_CODE.success;
  } catch (error) {
    output.clearStatus();
    report(error, request.json, output);
    return error instanceof UsageError ? EXIT_CODE.usage : EXIT_CODE.failure;
  }
}

function runCommand(request: Request, output: Output, signal: AbortSignal): Promise<void> {
  switch (request.command) {
    case 'inspect':
      return inspect(request, output);
    case 'plan':
      return plan(request, output);
    case 'quantize':
      return quantize(request, output, signal);
    case 'compare':
      return compare(request, output, signal);
    case 'imatrix':
      return imatrix(request, output, signal);
    case 'perplexity':
      return perplexity(request, output, signal);
    case 'kld':
      return kld(request, output, signal);
    case 'choose':
      return choose(request, output, signal);
    case 'evaluate':
      return evaluateTools(request, output, signal);
    case 'bench':
      return bench(request, output, signal);
    case 'run':
      return run(request, output, signal);
    case 'serve':
      return serve(request, output, signal);
    case 'tokenize':
      return tokenize(request, output);
    case 'demo':
      return demo(request, output, signal);
    case 'formats':
      return formats(request, output);
    case 'doctor':
      return doctor(request, output);
  }
}

/** What went wrong, for people on stderr and, where JSON was asked for, for programs on stdout. */
function report(error: unknown, json: boolean, output: Output): void {
  if (error instanceof Error && error.name === 'AbortError') {
    output.note('halftone: interrupted.');
    if (json) output.line(JSON.stringify({ error: { code: 'aborted', message: 'interrupted' } }));
    return;
  }
  if (!isHalftoneError(error)) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    output.note(
      `halftone: this is a defect of Halftone, please report it with the command that you ran:\n${told}`,
    );
    return;
  }
  output.note(`halftone: ${error.message}`);
  if (!json) return;
  output.line(JSON.stringify({ error: errorJson(error) }));
}

function errorJson({ code, message, facts }: HalftoneError): unknown {
  const { file, line, tensor, offset, found, allowed, advice } = facts;
  return { code, message, file, line, tensor, offset, found: found?.toString(), allowed, advice };
}
