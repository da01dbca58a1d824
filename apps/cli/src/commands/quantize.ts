import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { openGgufFile } from '@halftone/gguf-io/node';
import { quantizeToFile, relativeError, type Prepared, type TensorReport } from '@halftone/quantize';
import type { QuantizeRequest } from '../command-line';
import { prepareRequest, type PreparedRequest } from '../prepare-request';
import { preparedNotes } from '../print/notes';
import type { Output } from '../print/output';
import { formatPlanTotal } from '../print/plan';
import { ProgressPrinter } from '../print/progress';
import { plannedTensorJson } from '../print/tensor-json';
import { formatBytes, formatDuration } from '../print/units';
import { quantizeWords, UsageError } from '../quantize-words';
import { printPlan } from './plan';

/** `halftone quantize`: a GGUF file becomes a smaller one, by a recipe. */
export async function quantize(request: QuantizeRequest, output: Output, signal: AbortSignal): Promise<void> {
  const words = quantizeWords(request.input, request.words);
  const threads = chooseThreads(request.threads, words.threads);
  const file = await openGgufFile(request.input);
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
        threads,
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
  const notes = preparedNotes(prepared);
  for (const note of notes) output.note(`note: ${note}`);
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
      JSON.stringify(reportJson(prepared, notes, settings, progress.seconds, reports), undefined, 2),
    );
    return;
  }
  const { size } = await stat(settings.output);
  output.line(
    `${settings.output}: a file of ${formatBytes(size)} in ${formatDuration(progress.seconds)}\n` +
      `tensors: ${formatPlanTotal(prepared.plan)}`,
  );
}

function reportJson(
  { plan }: Prepared,
  notes: readonly string[],
  { output }: QuantizeSettings,
  seconds: number,
  reports: readonly TensorReport[],
): unknown {
  return {
    output,
    seconds,
    totals: plan.totals,
    notes,
    tensors: reports.map(({ planned, errors }) => ({
      ...plannedTensorJson(planned),
      relativeError: errors && relativeError(errors),
    })),
  };
}

/** The number of threads: said by the option or by the last word, but not differently. */
function chooseThreads(option: number | undefined, word: number | undefined): number {
  if (option !== undefined && word !== undefined && option !== word) {
    throw new UsageError('usage', 'the number of threads is given twice', {
      found: `${option} and ${word}`,
      allowed: 'one of them',
      advice: 'Leave out --threads or the last word.',
    });
  }
  return option ?? word ?? availableParallelism();
}
