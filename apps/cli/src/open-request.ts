import { openModel, type OpenedModel } from '@halftone/runtime/node';
import type { Model, SessionOptions, WindowOptions } from '@halftone/runtime';
import type { RunningOptions } from './model-options';

/**
 * The options of a command that answers people: activations of 8 bits, with which prompts are read fastest, unless others are asked
 * for. Commands that measure keep the more exact ones.
 */
export function forAnswers<Options extends RunningOptions>(options: Options): Options {
  return { ...options, activationBits: options.activationBits ?? 8 };
}

/** Open a model as the options say, for a session of that kind. */
export function openRequested(
  path: string,
  { threads, backend, activationBits }: RunningOptions,
  session: SessionOptions,
): Promise<OpenedModel> {
  return openModel(path, {
    session,
    ...(threads === undefined ? {} : { threads }),
    ...(backend === undefined ? {} : { backend }),
    ...(activationBits === undefined ? {} : { activationBits }),
  });
}

/** Open a model, work with it, and give it back whatever happens. */
export async function withModel<Result>(
  path: string,
  options: RunningOptions,
  session: SessionOptions,
  work: (model: Model) => Promise<Result>,
): Promise<Result> {
  const opened = await openRequested(path, options, session);
  try {
    return await work(opened.model);
  } finally {
    await opened.close();
  }
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

/** How the windows of a text are read, as the options say. */
export function windowOptions(options: RunningOptions, signal: AbortSignal): WindowOptions {
  return { ...sessionOptions(options, undefined), signal };
}
