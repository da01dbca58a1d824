import { openGgufFile } from '@halftone/gguf-io/node';
import {
  checkTensors,
  planModel,
  type Model,
  type SessionOptions,
  type ChunkOptions,
} from '@halftone/runtime';
import { openModel, type OpenedModel } from '@halftone/runtime/node';
import { openBackend } from '@halftone/tensor-kernels/node';
import type { RunningOptions } from './model-options';
import type { Output } from './print/output';

/** Where it is told how work goes on, and what ends it. */
export interface Surroundings {
  readonly output: Output;
  readonly signal: AbortSignal;
}

/**
 * The options of a command that answers people: activations of 8 bits, with which prompts are read fastest, unless others are asked
 * for. Commands that measure keep the more exact ones.
 */
export function forAnswers<Options extends RunningOptions>(options: Options): Options {
  return { ...options, activationBits: options.activationBits ?? 8 };
}

/** Open a model as the options say, for a session of that kind. */
export async function openRequested(
  path: string,
  options: RunningOptions,
  session: SessionOptions,
  surroundings: Surroundings,
): Promise<OpenedModel> {
  await checkIfRequested(path, options, surroundings);
  const { threads, backend, activationBits } = options;
  const opened = await openModel(path, {
    session,
    ...(threads === undefined ? {} : { threads }),
    ...(backend === undefined ? {} : { backend }),
    ...(activationBits === undefined ? {} : { activationBits }),
  });
  const { contextLength: trained } = opened.model.hyperparameters;
  warnOfContext(path, session.contextLength, trained, surroundings.output);
  return opened;
}

/** Open a model, work with it, and give it back whatever happens. */
export async function withModel<Result>(
  path: string,
  options: RunningOptions,
  session: SessionOptions,
  surroundings: Surroundings,
  work: (model: Model) => Promise<Result>,
): Promise<Result> {
  const opened = await openRequested(path, options, session, surroundings);
  try {
    return await work(opened.model);
  } finally {
    await opened.close();
  }
}

/** With `--check-tensors`, look through all weights of a model that can be run otherwise. @throws RuntimeError `not-finite`. */
export async function checkIfRequested(
  path: string,
  { checkTensors: isRequested = false, backend }: RunningOptions,
  { output, signal }: Surroundings,
): Promise<void> {
  if (!isRequested) return;
  const file = await openGgufFile(path);
  try {
    planModel(file);
    await checkTensors(file, await openBackend(backend), {
      signal,
      onProgress: ({ tensor, tensorsDone, tensors }) =>
        output.status(`${path}: looking through the weights, ${tensorsDone + 1} of ${tensors}: ${tensor}`),
    });
  } finally {
    output.clearStatus();
    await file.close();
  }
}

/** Say it where a context is longer than what the model was made for: it is not refused, for some models go on well for a while. */
export function warnOfContext(
  path: string,
  context: number | undefined,
  trained: number,
  output: Output,
): void {
  if (context === undefined || context <= trained) return;
  output.note(
    `warning: ${path}: the context of ${context} tokens is longer than the ${trained} that the model was made for (context_length); what it predicts beyond may be of no use`,
  );
}

/** The options of a session that were given. */
export function sessionOptions(
  { batchSize, cacheFormat }: RunningOptions,
  contextLength: number | undefined,
): SessionOptions {
  return {
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(cacheFormat === undefined ? {} : { cacheFormat }),
  };
}

/** How the chunks of a text are read, as the options say. */
export function chunkOptions(options: RunningOptions, signal: AbortSignal): ChunkOptions {
  return { ...sessionOptions(options, undefined), signal };
}
