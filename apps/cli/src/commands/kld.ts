import {
  BaseFile,
  Divergence,
  textWindows,
  toLogProbabilities,
  type DivergenceReport,
  type TextWindows,
} from '@halftone/evaluate';
import { openFileSource } from '@halftone/gguf-io/node';
import { evaluateWindows, type Model, type WindowOptions } from '@halftone/runtime';
import type { OpenedModel } from '@halftone/runtime/node';
import type { KldRequest } from '../evaluate-commands';
import { readInputText } from '../input-file';
import { refuseSecondForm } from '../json-option';
import { openRequested, sessionOptions, windowOptions, type Surroundings } from '../open-request';
import { CountProgress } from '../print/count-progress';
import { divergenceCsv, formatDivergences } from '../print/divergence';
import type { Output } from '../print/output';
import { UsageError } from '../quantize-words';
import { DEFAULT_CONTEXT, windowsOf } from './perplexity';

/** What models are compared with. */
export interface Base {
  readonly windows: TextWindows;
  /** For each scored place in order, the natural logarithms of the probabilities; an array is valid until the next. */
  predictions(): AsyncGenerator<Float32Array, void, undefined>;
}

/** `halftone kld`: how far models diverge from what they were made of. */
export async function kld(request: KldRequest, output: Output, signal: AbortSignal): Promise<void> {
  refuseSecondForm(request.json, request.csv ? '--csv' : undefined);
  const opened: OpenedModel[] = [];
  const closers: (() => Promise<void>)[] = [];
  try {
    const context = request.contextSize ?? DEFAULT_CONTEXT;
    for (const path of request.models) {
      const one = await openRequested(path, request, sessionOptions(request, context), { output, signal });
      opened.push(one);
      closers.push(() => one.close());
    }
    const models = opened.map(({ model }) => model);
    const base = await openBase(request, models, { output, signal }, closers);
    const reports = await compareModels(base, models, windowOptions(request, signal), output);
    const rows = reports.map((report, index) => ({ model: request.models[index] ?? '', ...report }));
    if (request.json) output.line(JSON.stringify({ base: request.base, models: rows }, undefined, 2));
    else output.line((request.csv ? divergenceCsv(rows) : formatDivergences(rows)).join('\n'));
  } finally {
    for (const close of closers) await close();
  }
}

async function openBase(
  request: KldRequest,
  models: readonly Model[],
  surroundings: Surroundings,
  closers: (() => Promise<void>)[],
): Promise<Base> {
  if (await isPredictions(request.base)) return openPredictions(request, models, closers);
  if (request.file === undefined) {
    throw new UsageError('usage', 'a base model needs a text to read', {
      found: request.base,
      advice: 'Give a text with -f, or predictions instead of a model.',
    });
  }
  const text = await readInputText(request.file, 'the text');
  const session = sessionOptions(request, request.contextSize ?? DEFAULT_CONTEXT);
  const opened = await openRequested(request.base, request, session, surroundings);
  closers.push(() => opened.close());
  const { model } = opened;
  for (const other of models) checkVocabulary(model.vocabulary, other);
  return modelBase(model, windowsOf(text, model, request), windowOptions(request, surroundings.signal));
}

/** A model that others are compared with. */
export function modelBase(model: Model, windows: TextWindows, options: WindowOptions): Base {
  return {
    windows,
    async *predictions() {
      for await (const { logits } of evaluateWindows(model, windows, options)) {
        toLogProbabilities(logits);
        yield logits;
      }
    },
  };
}

/** Whether a file begins as a file of base predictions does. */
async function isPredictions(path: string): Promise<boolean> {
  const source = await openFileSource(path);
  try {
    const start = new Uint8Array(Math.min(8, source.byteLength));
    await source.read(0, start);
    return new TextDecoder().decode(start) === '_logits_';
  } finally {
    await source.close();
  }
}

async function openPredictions(
  request: KldRequest,
  models: readonly Model[],
  closers: (() => Promise<void>)[],
): Promise<Base> {
  const file = await BaseFile.open(await openFileSource(request.base));
  closers.push(() => file.close());
  for (const model of models) checkVocabulary(file.vocabulary, model);
  const tokenizer = models[0]?.tokenizer;
  const beginning = tokenizer?.addsBeginning === true ? tokenizer.beginning : undefined;
  const windows = textWindows(file.tokens, file.context, beginning, request.chunks);
  return {
    windows,
    async *predictions() {
      for (let window = 0; window < windows.count; window++) yield* file.predictions(window);
    },
  };
}

function checkVocabulary(vocabulary: number, model: Model): void {
  if (model.vocabulary === vocabulary) return;
  throw new UsageError('usage', 'a model has another vocabulary than the base', {
    file: model.plan.file.source.name,
    found: `${model.vocabulary} tokens`,
    allowed: `${vocabulary}`,
  });
}

/** Let all models read the text side by side, place by place, so that no predictions need to be kept. */
export async function compareModels(
  base: Base,
  models: readonly Model[],
  options: WindowOptions,
  output: Output,
): Promise<DivergenceReport[]> {
  const { windows } = base;
  const divergences = models.map(() => new Divergence());
  const readers = models.map((model) => evaluateWindows(model, windows, options));
  const progress = new CountProgress(output, {
    name: 'chunk',
    count: windows.count,
    tokens: windows.context,
  });
  for await (const row of base.predictions()) {
    for (const [index, reader] of readers.entries()) {
      const { value } = await reader.next();
      if (value === undefined) throw new RangeError('a model gave fewer predictions than the base');
      toLogProbabilities(value.logits);
      divergences[index]?.add(row, value.logits, windows.target(value.window, value.place));
      progress.update(value.window, () => soFar(divergences));
    }
  }
  for (const reader of readers) await reader.return();
  progress.end();
  return divergences.map((divergence) => divergence.report());
}

function soFar(divergences: readonly Divergence[]): string {
  return `mean KLD ${divergences.map((one) => one.meanDivergence().value.toFixed(5)).join(', ')}`;
}
