import { expect, test } from 'vitest';
import { openEngine } from '../src/worker/worker-engine';

/** A thread that opens a model, and fails when it is asked something. */
const failing = `
  import { parentPort } from 'node:worker_threads';
  parentPort.postMessage({ kind: 'opened', model: { name: 'model' } });
  parentPort.on('message', () => { throw new Error('out of memory'); });
`;

test('a thread that fails is told of, and nothing waits for it', async () => {
  const workerFile = new URL(`data:text/javascript,${encodeURIComponent(failing)}`);
  const failures: Error[] = [];
  const engine = await openEngine(
    { model: 'model.gguf' },
    { workerFile, onFailure: (error) => failures.push(error) },
  );
  for (let asked = 0; asked < 2; asked++) {
    await expect(async () => engine.status()).rejects.toMatchObject({ code: 'failed' });
  }
  expect(failures).toMatchObject([{ code: 'failed' }]);
  await engine.close();
});
