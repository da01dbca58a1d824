import { availableParallelism } from 'node:os';
import { openGguf } from '@halftone/gguf-io';
import { openFileSource } from '@halftone/gguf-io/node';
import { quantizeToFile, relativeError, type TensorReport } from '@halftone/quantize';
import { parseFtype } from '@halftone/recipe-dsl';
import type { QuantizeRequest } from '../command-line';
import { prepareRequest, type PreparedRequest } from '../prepare-request';
import { preparedNotes } from '../print/notes';
import type { Output } from '../print/output';
import { formatPlanTotal } from '../print/plan';
import { ProgressPrinter } from '../print/progress';
import { formatDuration } from '../print/units';
import { quantizeWords } from '../quantize-words';
import { printPlan } from './plan';

/** `halftone quantize`: a GGUF file becomes a smaller one, by a recipe. */
export async function quantize(request: QuantizeRequest, output: Output, signal: AbortSignal): Promise<void> {
  const words = quantizeWords(request.input, request.words, isFtype);
  const file = await openGguf(await openFileSource(request.input));
  try {
    const prepared = await prepareRequest(file, words.ftype, request);
    if (request.dryRun) {
      printPlan(prepared.prepared, request.json, output);
      return;
    }
    await quantizeAndReport(
      prepared,
      {
        output: words.output,
        threads: request.threads ?? words.threads ?? availableParallelism(),
        hideProvenance: request.hideProvenance,
        json: request.json,
      },
      output,
      signal,
    );
  } finally {
    await file.close();
  }
}

/** How the work is done and told. */
export interface QuantizeSettings {
  readonly output: string;
  readonly threads: number;
  readonly hideProvenance: boolean;
  readonly json: boolean;
}

/** Quantize, with progress on the way, and tell what came of it. */
export async function quantizeAndReport(
  { prepared, provenance }: PreparedRequest,
  settings: QuantizeSettings,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  for (const note of preparedNotes(prepared)) output.note(note);
  const progress = new ProgressPrinter(output);
  const reports = await quantizeToFile(prepared, {
    output: settings.output,
    threads: settings.threads,
    provenance: settings.hideProvenance ? undefined : provenance,
    signal,
    onProgress: (event) => progress.update(event),
    onTensor: (report) => progress.tensorDone(report),
  });
  progress.end();
  if (settings.json) {
    output.line(
      JSON.stringify(
        reportJson(prepared.plan.totals, settings.output, progress.seconds, reports),
        undefined,
        2,
      ),
    );
    return;
  }
  output.line(`${settings.output}: ${formatPlanTotal(prepared.plan)} in ${formatDuration(progress.seconds)}`);
}

function reportJson(
  totals: unknown,
  output: string,
  seconds: number,
  reports: readonly TensorReport[],
): unknown {
  return {
    output,
    seconds,
    totals,
    tensors: reports.map(({ planned, errors }) => ({
      name: planned.source.name,
      from: planned.source.format,
      to: planned.format,
      bytes: planned.bytes,
      relativeError: errors && relativeError(errors),
    })),
  };
}

function isFtype(word: string): boolean {
  try {
    parseFtype(word);
    return true;
  } catch {
    return false;
  }
}
