import {
  BaseFile,
  Divergence,
  isBaseFile,
  textChunks,
  toLogProbabilities,
  type DivergenceReport,
  type TextChunks,
} from '@halftone/evaluate';
import type { RandomAccessSource } from '@halftone/gguf-io';
import { openFileSource } from '@halftone/gguf-io/node';
import { DEFAULT_CHUNK_SIZE } from '@halftone/imatrix';
import { evaluateChunks, type Model, type ChunkOptions } from '@halftone/runtime';
import type { OpenedModel } from '@halftone/runtime/node';
import type { KldRequest } from '../evaluate-commands';
import { readInputText } from '../input-file';
import { refuseSecondForm } from '../json-option';
import { openRequested, sessionOptions, chunkOptions, type Surroundings } from '../open-request';
import { CountProgress } from '../print/count-progress';
import { divergenceCsv, formatDivergences } from '../print/divergence';
import type { Output } from '../print/output';
import { UsageError } from '../quantize-words';
import { chunksOf } from './perplexity';

/** What models are compared with. */
export interface Base {
  readonly chunks: TextChunks;
  /** For each scored place in order, the natural logarithms of the probabilities; an array is valid until the next. */
  predictions(): AsyncGenerator<Float32Array, void, undefined>;
}

/** `halftone kld`: how far models diverge from what they were made of. */
export async function kld(request: KldRequest, output: Output, signal: AbortSignal): Promise<void> {
  refuseSecondForm(request.json, request.csv ? '--csv' : undefined);
  const opened: OpenedModel[] = [];
  const closers: (() => Promise<void>)[] = [];
  try {
    const context = request.contextSize ?? DEFAULT_CHUNK_SIZE;
    for (const path of request.models) {
      const one = await openRequested(path, request, sessionOptions(request, context), { output, signal });
      opened.push(one);
      closers.push(() => one.close());
    }
    const models = opened.map(({ model }) => model);
    const base = await openBase(request, models, { output, signal }, closers);
    const reports = await compareModels(base, models, chunkOptions(request, signal), output);
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
  const source = await openFileSource(request.base);
  closers.push(() => source.close());
  if (await isBaseFile(source)) return openPredictions(source, request, models);
  if (request.file === undefined) {
    throw new UsageError('usage', 'a base model needs a text to read', {
      found: request.base,
      advice: 'Give a text with -f, or predictions instead of a model.',
    });
  }
  const text = await readInputText(request.file, 'the text');
  const session = sessionOptions(request, request.contextSize ?? DEFAULT_CHUNK_SIZE);
  const opened = await openRequested(request.base, request, session, surroundings);
  closers.push(() => opened.close());
  const { model } = opened;
  for (const other of models) checkVocabulary(model.vocabulary, other);
  return modelBase(model, chunksOf(text, model, request), chunkOptions(request, surroundings.signal));
}

/** A model that others are compared with. */
export function modelBase(model: Model, chunks: TextChunks, options: ChunkOptions): Base {
  return {
    chunks,
    async *predictions() {
      for await (const { logits } of evaluateChunks(model, chunks, options)) {
        toLogProbabilities(logits);
        yield logits;
      }
    },
  };
}

async function openPredictions(
  source: RandomAccessSource,
  request: KldRequest,
  models: readonly Model[],
): Promise<Base> {
  const file = await BaseFile.open(source);
  for (const model of models) checkVocabulary(file.vocabulary, model);
  const { contextLength } = file;
  const chunks = textChunks(file.tokens, {
    contextLength,
    tokenizer: models[0]?.tokenizer,
    limit: request.chunks,
  });
  return {
    chunks,
    async *predictions() {
      for (let chunk = 0; chunk < chunks.count; chunk++) yield* file.predictions(chunk);
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
  options: ChunkOptions,
  output: Output,
): Promise<DivergenceReport[]> {
  const { chunks } = base;
  const divergences = models.map(() => new Divergence());
  const readers = models.map((model) => evaluateChunks(model, chunks, options));
  const progress = new CountProgress(output, {
    name: 'chunk',
    count: chunks.count,
    tokens: chunks.contextLength,
  });
  for await (const row of base.predictions()) {
    for (const [index, reader] of readers.entries()) {
      const { value } = await reader.next();
      if (value === undefined) throw new RangeError('a model gave fewer predictions than the base');
      toLogProbabilities(value.logits);
      divergences[index]?.add(row, value.logits, chunks.target(value.chunk, value.place));
      progress.update(value.chunk, () => soFar(divergences));
    }
  }
  for (const reader of readers) await reader.return();
  progress.end();
  return divergences.map((divergence) => divergence.report());
}

function soFar(divergences: readonly Divergence[]): string {
  return `mean KLD ${divergences.map((one) => one.meanDivergence().value.toFixed(5)).join(', ')}`;
}
