import type { EngineOptions } from '@halftone/server';
import type { RunningOptions } from './model-options';

/** The options of an engine, as commands are given them. */
export interface EngineRequest extends RunningOptions {
  readonly model: string;
  readonly slots?: number | undefined;
  readonly contextSize?: number | undefined;
  readonly keptTokens?: number | undefined;
  readonly maxWaiting?: number | undefined;
}

/** The options that were given, for the engine. */
export function engineOptions(request: EngineRequest): EngineOptions {
  const { threads, backend, activationBits, batchSize, cacheFormat, slots, keptTokens, maxWaiting } = request;
  const given = {
    ...{ threads, backend, activationBits, batchSize, cacheFormat, slots, keptTokens, maxWaiting },
    contextLength: request.contextSize,
  };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { model: request.model, ...options };
}
