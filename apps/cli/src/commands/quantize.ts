import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isHalftoneError } from '@halftone/errors';
import type { GgufFile } from '@halftone/gguf-io';
import { openGgufFile } from '@halftone/gguf-io/node';
import {
  prepare,
  quantizeToFile,
  relativeError,
  type Prepared,
  type Provenance,
  type TensorReport,
} from '@halftone/quantize';
import { compilePattern } from '@halftone/recipe-dsl';
import type { QuantizeRequest } from '../command-line';
import { refuseToReplace } from '../input-file';
import { outputOf, writeSplit, type Split } from '../keep-split';
import { prepareRequest } from '../prepare-request';
import { keptNotes, preparedNotes } from '../print/notes';
import type { Output } from '../print/output';
import { formatPlanTotal } from '../print/plan';
import { ProgressPrinter } from '../print/progress';
import { plannedTensorJson } from '../print/tensor-json';
import { formatBytes, formatDuration } from '../print/units';
import { contradiction, quantizeWords, UsageError } from '../quantize-words';
import { printPlan } from './plan';
import { repack, repackingOf } from './repack';

/** `halftone quantize`: a GGUF file becomes a smaller one, by a recipe. */
export async function quantize(request: QuantizeRequest, output: Output, signal: AbortSignal): Promise<void> {
  const repacking = repackingOf(request);
  if (repacking !== undefined) return repack(request, repacking, output, signal);
  const words = quantizeWords(request.input, request.words, request.mixture);
  const threads = chooseThreads(request.threads, words.threads);
  await refuseToReplace([request.imatrix, request.recipe], words.output);
  if (request.keepSplit && request.only.length > 0)
    throw contradiction('--keep-split and --only', 'one of them');
  const only = request.only.map((pattern) => compilePattern(pattern, { file: '--only' }));
  const file = await openGgufFile(request.input);
  const earlier = only.length === 0 ? undefined : await openEarlier(words.output);
  try {
    const redo = earlier && { file: earlier, only };
    const { options, provenance } = await prepareRequest(file, words.ftype, request, redo);
    const prepared = prepare(file, options);
    if (request.dryRun) {
      printPlan(prepared, request.json, output);
      return;
    }
    const { hideProvenance, restart, json } = request;
    const resumeHint = `the same command${restart ? ' without --restart' : ''} goes on from there`;
    const where = outputOf(file, words.output, request.keepSplit);
    const settings = { ...where, threads, hideProvenance, restart, resumeHint, json };
    await quantizeAndReport(prepared, provenance, settings, output, signal);
  } finally {
    await earlier?.close();
    await file.close();
  }
}

/** The output whose tensors are kept but for those that `--only` names. */
async function openEarlier(path: string): Promise<GgufFile> {
  try {
    const earlier = await openGgufFile(path);
    if (earlier.source.parts === undefined) return earlier;
    await earlier.close();
    throw new UsageError(
      'usage',
      '--only makes tensors of an output in one file, and this one is in several',
      {
        file: path,
        advice: 'Quantize all of it again.',
      },
    );
  } catch (error) {
    if (!isHalftoneError(error) || error.code !== 'not-found') throw error;
    throw new UsageError('usage', '--only makes tensors of an existing output again, and there is none', {
      file: path,
      advice: 'Check the name; for a new output leave out --only.',
    });
  }
}

/** How the work is done and told. */
export interface QuantizeSettings {
  readonly output: string;
  /** Set where the output is then to be written as several files, and removed. */
  readonly split?: Split | undefined;
  readonly threads: number;
  readonly hideProvenance: boolean;
  readonly restart: boolean;
  /** What to do with what is left unfinished; left out where it is removed. */
  readonly resumeHint: string | undefined;
  readonly json: boolean;
}

/** Quantize, with progress on the way, and tell what came of it. */
export async function quantizeAndReport(
  prepared: Prepared,
  provenance: Provenance | 'as-in-source',
  settings: QuantizeSettings,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const notes = [...preparedNotes(prepared), ...keptNotes(prepared, provenance)];
  for (const note of notes) output.note(`note: ${note}`);
  const progress = new ProgressPrinter(output);
  let resumedTensors = 0;
  const reports = await quantizeToFile(prepared, {
    output: settings.output,
    threads: settings.threads,
    restart: settings.restart,
    provenance: settings.hideProvenance ? undefined : provenance,
    signal,
    onResume: (work) => {
      resumedTensors = work.tensorsDone;
      progress.resume(work);
    },
    onUnfinished: (work) => progress.unfinished(work, settings.resumeHint),
    onProgress: (event) => progress.update(event),
    onTensor: (report) => progress.tensorDone(report),
  });
  progress.end();
  const parts = settings.split && (await writeSplit(settings.output, settings.split));
  const files = parts ?? [settings.output];
  if (settings.json) {
    const { seconds } = progress;
    const document = reportJson(prepared, {
      notes,
      output: files[0] ?? settings.output,
      ...(parts && { parts }),
      seconds,
      resumedTensors,
      reports,
    });
    output.line(JSON.stringify(document, undefined, 2));
    return;
  }
  const told = files.map(async (file) => `${file}: a file of ${formatBytes((await stat(file)).size)}`);
  output.line(
    `${(await Promise.all(told)).join('\n')} in ${formatDuration(progress.seconds)}\n` +
      `tensors: ${formatPlanTotal(prepared.plan)}`,
  );
}

/** What came of the work. */
interface Outcome {
  readonly output: string;
  /** All files, where there are several. */
  readonly parts?: readonly string[];
  readonly seconds: number;
  readonly notes: readonly string[];
  /** Tensors that an earlier run had finished. */
  readonly resumedTensors: number;
  readonly reports: readonly TensorReport[];
}

function reportJson({ plan }: Prepared, { reports, ...outcome }: Outcome): unknown {
  return {
    ...outcome,
    totals: plan.totals,
    tensors: reports.map(({ planned, errors }) => ({
      ...plannedTensorJson(planned),
      relativeError: errors && relativeError(errors),
    })),
  };
}

/** The number of threads: said by the option or by the last word, but not differently. */
export function chooseThreads(option: number | undefined, word: number | undefined): number {
  if (option !== undefined && word !== undefined && option !== word) {
    throw new UsageError('usage', 'the number of threads is given twice', {
      found: `${option} and ${word}`,
      allowed: 'one of them',
      advice: 'Leave out --threads or the last word.',
    });
  }
  return option ?? word ?? availableParallelism();
}
