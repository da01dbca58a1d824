import { Perplexity, type TextChunks } from '@halftone/evaluate';
import { createFileSink } from '@halftone/gguf-io/node';
import {
  DEFAULT_CHUNK_SIZE,
  ImportanceCollector,
  matchImportance,
  mergeImportance,
  readImportanceMatrix,
  writeImportanceMatrix,
  type ImatrixForm,
  type ImportanceMatrix,
} from '@halftone/imatrix';
import { collectImportance, type ChunkRow, type Model } from '@halftone/runtime';
import { checkOutput, readInputFile, readInputText, refuseToReplace } from '../input-file';
import type { ComputeRequest } from '../imatrix-command';
import type { RunningOptions } from '../model-options';
import { sessionOptions, chunkOptions, withModel } from '../open-request';
import { CountProgress } from '../print/count-progress';
import { importanceMatrixNotes, unhitByTensor, unhitExpertNotes, unusedEntryNotes } from '../print/notes';
import type { Output } from '../print/output';
import { formatError } from '../print/units';
import { formatMatrix } from './imatrix-show';
import { chooseForm } from './imatrix-write';
import { chunksOf } from './perplexity';

/** `halftone imatrix -m`: let a model read a text, and keep what it says of its columns. */
export async function computeImatrix(
  request: ComputeRequest,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const form = chooseForm(request);
  await refuseToReplace([request.model, request.file], request.output);
  await checkOutput(request.output);
  const text = await readInputText(request.file, 'the text');
  const before = await readAll(request.inputs);
  // Those that do not fit together are told now.
  if (before.length > 1) mergeImportance(before);
  const session = sessionOptions(request, request.contextSize ?? DEFAULT_CHUNK_SIZE);
  await withModel(request.model, request, session, { output, signal }, async (model) => {
    for (const matrix of before) checkGoesOn(matrix, model, output);
    const chunks = chunksOf(text, model, request);
    output.note(
      `${request.model}: ${chunks.count} chunks of ${chunks.contextLength} tokens, ${model.device.describe()}`,
    );
    const { matrix, perplexity } = await collectImatrix(
      { model, chunks, before, form },
      request,
      output,
      signal,
    );
    tellResult(matrix, perplexity, request, output);
  });
}

/** What an importance matrix is computed from. */
export interface Work {
  readonly model: Model;
  readonly chunks: TextChunks;
  /** Matrices to go on from. */
  readonly before: readonly ImportanceMatrix[];
  readonly form: ImatrixForm;
}

async function readAll(paths: readonly string[]): Promise<ImportanceMatrix[]> {
  const matrices: ImportanceMatrix[] = [];
  for (const path of paths) {
    matrices.push(await readImportanceMatrix(await readInputFile(path, 'the importance matrix'), path));
  }
  return matrices;
}

/** What is gone on from must be of this model: to find that out when all is read would be late. @throws ImatrixError */
function checkGoesOn(matrix: ImportanceMatrix, { plan }: Model, output: Output): void {
  const { unused } = matchImportance(
    matrix,
    plan.tensors.map(({ tensor, use }) => ({ ...tensor, quantized: use === 'matrix' })),
  );
  for (const note of unusedEntryNotes(unused)) output.note(`note: ${matrix.source}: ${note}`);
}

/** Let the model read, and write the matrix: from time to time, and when all is read. */
export async function collectImatrix(
  { model, chunks, before, form }: Work,
  request: Pick<ComputeRequest, 'file' | 'output' | 'outputFrequency' | 'processOutput' | 'noPpl'> &
    RunningOptions,
  output: Output,
  signal: AbortSignal,
): Promise<{ matrix: ImportanceMatrix; perplexity: Perplexity }> {
  const collector = new ImportanceCollector({ chunkSize: chunks.contextLength, dataset: request.file });
  const perplexity = new Perplexity();
  const progress = new CountProgress(output, {
    name: 'chunk',
    count: chunks.count,
    tokens: chunks.contextLength,
  });
  const onLogits = ({ chunk, place, logits }: ChunkRow): void =>
    perplexity.addLogits(logits, chunks.target(chunk, place));
  const options = {
    ...chunkOptions(request, signal),
    output: request.processOutput,
    ...(request.noPpl ? {} : { onLogits }),
  };
  const save = async (): Promise<ImportanceMatrix> => {
    const matrix = mergeImportance([...before, collector.matrix()]);
    await writeImportanceMatrix(matrix, form, await createFileSink(request.output));
    return matrix;
  };
  for await (const done of collectImportance(model, chunks, collector, options)) {
    progress.update(done, () => `perplexity ${perplexity.estimate().value.toFixed(4)}`);
    if (done % request.outputFrequency === 0 && done < chunks.count) await save();
  }
  progress.end();
  return { matrix: await save(), perplexity };
}

function tellResult(
  matrix: ImportanceMatrix,
  perplexity: Perplexity,
  { output: path, json, noPpl }: ComputeRequest,
  output: Output,
): void {
  const { value, error } = perplexity.estimate();
  if (json) {
    const { entries, chunkCount, chunkSize, datasets } = matrix;
    const told = { output: path, entryCount: entries.size, chunkCount, chunkSize, datasets };
    const unhitExperts = Object.fromEntries(unhitByTensor(matrix));
    output.line(
      JSON.stringify({ ...told, unhitExperts, ...(noPpl ? {} : { perplexity: value, error }) }, undefined, 2),
    );
    return;
  }
  for (const note of importanceMatrixNotes(matrix)) output.note(`note: ${note}`);
  output.line(formatMatrix({ ...matrix, source: path }));
  if (!noPpl) {
    const told = formatError(error, (number) => number.toFixed(5));
    output.line(`perplexity ${value.toFixed(4)} +/- ${told}`);
  }
  for (const note of unhitExpertNotes(matrix)) output.note(note);
}
