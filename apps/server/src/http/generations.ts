import type { Engine, GenerationRequest, IndexedEvent } from '../engine/engine';

/** Several texts in the making, and how to stop them. */
export interface Generations {
  readonly events: AsyncIterable<IndexedEvent>;
  readonly abort: () => void;
}

/**
 * Begin several texts, and wait until the first of them has begun: what a request does wrong is told before anything is sent.
 *
 * @param gone - aborted when the client goes away.
 * @throws EngineError.
 */
export async function beginGenerations(
  engine: Engine,
  requests: readonly GenerationRequest[],
  gone: AbortSignal,
): Promise<Generations> {
  const controller = new AbortController();
  const signal = AbortSignal.any([gone, controller.signal]);
  const rest = engine.generate(requests, signal)[Symbol.asyncIterator]();
  const first = await rest.next();
  return { events: resumed(first, rest), abort: () => controller.abort() };
}

async function* resumed(
  first: IteratorResult<IndexedEvent>,
  rest: AsyncIterator<IndexedEvent>,
): AsyncGenerator<IndexedEvent, void, undefined> {
  try {
    for (let one = first; one.done !== true; one = await rest.next()) yield one.value;
  } finally {
    await rest.return?.();
  }
}
