import { openDevice } from '@halftone/tensor-kernels';
import type { GgufValue } from '@halftone/gguf-io';
import { onTestFinished } from 'vitest';
import { loadModel, type Model, type Session, type SessionOptions } from '../src/index';
import { tinyFile, tinyMetadata, tinyShape, tinyTensors, type TinyShape } from './tiny-model';

/** A tiny model on the reference device, given back when the test ends. */
export async function openTiny(
  shape: TinyShape = tinyShape({ architecture: 'llama' }),
  metadata: Readonly<Record<string, GgufValue>> = {},
): Promise<Model> {
  const file = await tinyFile(tinyMetadata(shape, metadata), tinyTensors(shape));
  const device = await openDevice('reference');
  const model = await loadModel(file, { device });
  onTestFinished(async () => {
    model.close();
    await device.close();
  });
  return model;
}

/** A session with small runs, so that texts are cut. */
export function openSession(model: Model, options: SessionOptions = {}): Session {
  return model.openSession({ contextLength: 64, batchSize: 4, cacheFormat: 'f32', ...options });
}

/** The logits after the last of `tokens`, read from the start by a session of its own. */
export async function logitsOf(model: Model, tokens: readonly number[]): Promise<Float32Array> {
  const session = openSession(model);
  const [[logits] = []] = await session.step([{ sequence: session.createSequence(), tokens }]);
  await session.close();
  return logits ?? new Float32Array();
}
