import {
  BaseFileWriter,
  Perplexity,
  processEscapes,
  textChunks,
  toLogProbabilities,
  type TextChunks,
} from '@halftone/evaluate';
import type { ByteSink } from '@halftone/gguf-io';
import { createFileSink } from '@halftone/gguf-io/node';
import { DEFAULT_CHUNK_SIZE } from '@halftone/imatrix';
import { evaluateChunks, type Model } from '@halftone/runtime';
import type { PerplexityRequest } from '../evaluate-commands';
import { checkOutput, readInputText, refuseToReplace } from '../input-file';
import type { ChunkingOptions } from '../model-options';
import { firstTokens } from '../first-tokens';
import { sessionOptions, chunkOptions, withModel } from '../open-request';
import { CountProgress } from '../print/count-progress';
import type { Output } from '../print/output';
import { formatError } from '../print/units';

/** `halftone perplexity`: how well a model predicts a text. */
export async function perplexity(
  request: PerplexityRequest,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  await refuseToReplace([request.model, request.file], request.baseFile);
  await checkOutput(request.baseFile);
  const text = await readInputText(request.file, 'the text');
  const session = sessionOptions(request, request.contextSize ?? DEFAULT_CHUNK_SIZE);
  await withModel(request.model, request, session, { output, signal }, async (model) => {
    const chunks = chunksOf(text, model, request);
    const sink = request.baseFile === undefined ? undefined : await createFileSink(request.baseFile);
    await checkOutput(request.baseFile);
    try {
      await measure(request, { model, chunks, sink }, output, signal);
      await sink?.finish();
    } finally {
      await sink?.abort();
    }
  });
}

/** Cut a text into the chunks that were asked for, as the model reads them. */
export function chunksOf(text: string, { tokenizer }: Model, options: ChunkingOptions): TextChunks {
  const { contextSize: contextLength = DEFAULT_CHUNK_SIZE, chunks: limit } = options;
  const { noEscape = false, parseSpecial = false } = options;
  const encode = (part: string): Int32Array =>
    tokenizer.encode(noEscape ? part : processEscapes(part), { parseSpecial });
  const tokens =
    limit === undefined ? encode(text) : firstTokens(text, Math.max(2, limit) * contextLength, encode);
  return textChunks(tokens, { contextLength, tokenizer, limit });
}

interface Measured {
  readonly model: Model;
  readonly chunks: TextChunks;
  readonly sink: ByteSink | undefined;
}

async function measure(
  request: PerplexityRequest,
  { model, chunks, sink }: Measured,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { contextLength, count } = chunks;
  output.note(`${request.model}: ${count} chunks of ${contextLength} tokens, ${model.device.describe()}`);
  const base =
    sink &&
    (await BaseFileWriter.begin(sink, { contextLength, vocabulary: model.vocabulary, tokens: chunks.text }));
  const result = new Perplexity();
  const running: number[] = [];
  const progress = new CountProgress(output, { name: 'chunk', count, tokens: contextLength });
  for await (const { chunk, place, logits } of evaluateChunks(model, chunks, chunkOptions(request, signal))) {
    result.addLogits(logits, chunks.target(chunk, place));
    if (base !== undefined) {
      toLogProbabilities(logits);
      await base.add(logits);
    }
    running[chunk] = result.estimate().value;
    progress.update(chunk, () => `perplexity ${result.estimate().value.toFixed(4)}`);
  }
  progress.end();
  const { value, error } = result.estimate();
  const seconds = progress.seconds;
  const told = {
    model: request.model,
    text: request.file,
    context: contextLength,
    chunks: count,
    perplexity: value,
    error,
    running,
    seconds,
  };
  output.line(
    request.json
      ? JSON.stringify(told, undefined, 2)
      : `perplexity ${value.toFixed(4)} +/- ${formatError(error, (number) => number.toFixed(5))} over ${count} chunks of ${contextLength} tokens ` +
          `(${((count * contextLength) / seconds).toFixed(0)} tokens/s)`,
  );
}
