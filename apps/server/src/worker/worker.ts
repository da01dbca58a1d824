/** The thread that has the model: it answers what the other side of its port asks, see `protocol.ts`. */

import { parentPort, workerData } from 'node:worker_threads';
import type { Engine } from '../engine/engine';
import { engineErrorOf } from '../engine/error';
import { openModelEngine, type EngineOptions } from '../engine/model-engine';
import { sentError, type FromWorker, type ToWorker } from './protocol';

const port = parentPort;
if (port === null) throw new Error('this file is run by a thread');
const send = (message: FromWorker): void => port.postMessage(message);

/** What can be aborted, by number. */
const running = new Map<number, AbortController>();

async function answer(engine: Engine, message: ToWorker): Promise<void> {
  if (message.kind === 'abort') {
    running.get(message.id)?.abort();
    return;
  }
  try {
    if (message.kind === 'ask') await ask(engine, message);
    else await abortable(message.id, (signal) => begin(engine, message, signal));
  } catch (error) {
    send({ kind: 'error', id: message.id, error: sentError(engineErrorOf(error)) });
  }
}

async function abortable(id: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    await work(controller.signal);
  } finally {
    running.delete(id);
  }
}

async function begin(
  engine: Engine,
  message: Extract<ToWorker, { readonly kind: 'generate' | 'embed' }>,
  signal: AbortSignal,
): Promise<void> {
  const { id } = message;
  if (message.kind === 'embed') {
    send({ kind: 'result', id, value: await engine.embed(message.request, signal) });
    return;
  }
  for await (const event of engine.generate(message.requests, signal)) send({ kind: 'event', id, event });
  send({ kind: 'end', id });
}

async function ask(
  engine: Engine,
  { id, question, values }: Extract<ToWorker, { readonly kind: 'ask' }>,
): Promise<void> {
  // The other side is typed: it sends the values that the question takes.
  const questions = engine as unknown as Readonly<
    Record<typeof question, (...values: readonly unknown[]) => Promise<unknown>>
  >;
  const value = await questions[question](...values);
  send({ kind: 'result', id, value });
  if (question === 'close') port?.close();
}

try {
  const engine = await openModelEngine(workerData as EngineOptions);
  port.on('message', (message: ToWorker) => void answer(engine, message));
  send({ kind: 'opened', model: engine.model });
} catch (error) {
  send({ kind: 'not-opened', error: sentError(engineErrorOf(error)) });
}
