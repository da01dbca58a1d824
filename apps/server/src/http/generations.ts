import type { Engine, GenerationEvent, GenerationRequest } from '../engine/engine';

/** An event of one of several texts that a request asked for. */
export interface IndexedEvent {
  readonly index: number;
  readonly event: GenerationEvent;
}

/** Several texts in the making, and how to stop them. */
export interface Generations {
  readonly events: AsyncGenerator<IndexedEvent, void, undefined>;
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
  const abort = (): void => controller.abort();
  const merged = merge(requests.map((request) => engine.generate(request, signal)));
  try {
    const first = await merged.next();
    return { events: resumed(first, merged), abort };
  } catch (error) {
    abort();
    throw error;
  }
}

async function* resumed(
  first: IteratorResult<IndexedEvent, void>,
  rest: AsyncGenerator<IndexedEvent, void, undefined>,
): AsyncGenerator<IndexedEvent, void, undefined> {
  try {
    if (first.done !== true) yield first.value;
    yield* rest;
  } finally {
    await rest.return();
  }
}

async function* merge(
  texts: readonly AsyncIterable<GenerationEvent>[],
): AsyncGenerator<IndexedEvent, void, undefined> {
  const iterators = texts.map((text) => text[Symbol.asyncIterator]());
  const next = async (index: number) => ({ index, result: await iterators[index]?.next() });
  const waiting = new Map(iterators.map((_, index) => [index, next(index)]));
  try {
    while (waiting.size > 0) {
      const { index, result } = await Promise.race(waiting.values());
      if (result === undefined || result.done === true) {
        waiting.delete(index);
        continue;
      }
      waiting.set(index, next(index));
      yield { index, event: result.value };
    }
  } finally {
    for (const pending of waiting.values()) pending.catch(() => undefined);
    await Promise.allSettled([...waiting.keys()].map(async (index) => iterators[index]?.return?.()));
  }
}
