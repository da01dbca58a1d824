import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import type { Engine } from '../src/engine/engine';
import type { EngineOptions } from '../src/engine/model-engine';
import { openEngine } from '../src/worker/worker-engine';
import { createApp, type AppOptions } from '../src/http/app';
import { listenAt, type Listening } from '../src/serve';

/** The built worker: a thread cannot run TypeScript. */
const workerFile = new URL('../dist/worker.js', import.meta.url);

/** A server of the demo model on a port of its own. */
export interface DemoServer extends Listening {
  readonly listening: Listening;
  readonly engine: Engine;
}

/** Serve the demo model over loopback. */
export async function serveDemo(
  options: Partial<EngineOptions> = {},
  app: AppOptions = {},
): Promise<DemoServer> {
  const engine = await openEngine(
    { model: fileURLToPath(demoModel.model), contextLength: 8192, slots: 2, ...options },
    { workerFile },
  );
  const listening = await listenAt(createApp(engine, app), { port: 0 });
  const close = async (): Promise<void> => {
    await listening.close(engine.close());
  };
  return { ...listening, listening, engine, close };
}

/** The tool that the demo model was trained to call. */
export const weatherTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Get the current weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} as const;
