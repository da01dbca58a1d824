import {
  BaseFileWriter,
  Perplexity,
  logSumExp,
  processEscapes,
  textWindows,
  toLogProbabilities,
  type TextWindows,
} from '@halftone/evaluate';
import type { ByteSink } from '@halftone/gguf-io';
import { createFileSink } from '@halftone/gguf-io/node';
import { evaluateWindows, type Model } from '@halftone/runtime';
import type { PerplexityRequest } from '../evaluate-commands';
import { checkOutput, readInputText, refuseToReplace } from '../input-file';
import type { ChunkingOptions } from '../model-options';
import { firstTokens } from '../first-tokens';
import { sessionOptions, windowOptions, withModel } from '../open-request';
import { CountProgress } from '../print/count-progress';
import type { Output } from '../print/output';
import { formatError } from '../print/units';

/** Tokens of a chunk when nothing is said: those of llama-perplexity and llama-imatrix. */
export const DEFAULT_CONTEXT = 512;

/** `halftone perplexity`: how well a model predicts a text. */
export async function perplexity(
  request: PerplexityRequest,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  await refuseToReplace([request.model, request.file], request.baseFile);
  await checkOutput(request.baseFile);
  const text = await readInputText(request.file, 'the text');
  const session = sessionOptions(request, request.contextSize ?? DEFAULT_CONTEXT);
  await withModel(request.model, request, session, { output, signal }, async (model) => {
    const windows = windowsOf(text, model, request);
    const sink = request.baseFile === undefined ? undefined : await createFileSink(request.baseFile);
    await checkOutput(request.baseFile);
    try {
      await measure(request, { model, windows, sink }, output, signal);
      await sink?.finish();
    } finally {
      await sink?.abort();
    }
  });
}

/** Cut a text into the chunks that were asked for, as the model reads them. */
export function windowsOf(text: string, { tokenizer }: Model, options: ChunkingOptions): TextWindows {
  const { contextSize: context = DEFAULT_CONTEXT, chunks, noEscape = false, parseSpecial = false } = options;
  const encode = (part: string): Int32Array =>
    tokenizer.encode(noEscape ? part : processEscapes(part), { parseSpecial });
  const tokens =
    chunks === undefined ? encode(text) : firstTokens(text, Math.max(2, chunks) * context, encode);
  const beginning = tokenizer.addsBeginning ? tokenizer.beginning : undefined;
  return textWindows(tokens, context, beginning, chunks);
}

interface Measured {
  readonly model: Model;
  readonly windows: TextWindows;
  readonly sink: ByteSink | undefined;
}

async function measure(
  request: PerplexityRequest,
  { model, windows, sink }: Measured,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { context, count } = windows;
  output.note(`${request.model}: ${count} chunks of ${context} tokens, ${model.device.describe()}`);
  const base =
    sink &&
    (await BaseFileWriter.begin(sink, { context, vocabulary: model.vocabulary, tokens: windows.text }));
  const result = new Perplexity();
  const running: number[] = [];
  const progress = new CountProgress(output, { name: 'chunk', count, tokens: context });
  for await (const { window, place, logits } of evaluateWindows(
    model,
    windows,
    windowOptions(request, signal),
  )) {
    const target = windows.target(window, place);
    result.add((logits[target] ?? Number.NaN) - logSumExp(logits));
    if (base !== undefined) {
      toLogProbabilities(logits);
      await base.add(logits);
    }
    running[window] = result.estimate().value;
    progress.update(window, () => `perplexity ${result.estimate().value.toFixed(4)}`);
  }
  progress.end();
  const { value, error } = result.estimate();
  const seconds = progress.seconds;
  const told = {
    model: request.model,
    text: request.file,
    context,
    chunks: count,
    perplexity: value,
    error,
    running,
    seconds,
  };
  output.line(
    request.json
      ? JSON.stringify(told, undefined, 2)
      : `perplexity ${value.toFixed(4)} +/- ${formatError(error, (number) => number.toFixed(5))} over ${count} chunks of ${context} tokens ` +
          `(${((count * context) / seconds).toFixed(0)} tokens/s)`,
  );
}
