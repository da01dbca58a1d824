import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
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

// Windows has no pipes in folders.
test.skipIf(process.platform === 'win32')(
  'a file operation that hangs does not keep a server from closing',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'halftone-'));
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const hanging = `
    import { open } from 'node:fs/promises';
    import { parentPort } from 'node:worker_threads';
    parentPort.postMessage({ kind: 'opened', model: { name: 'model' } });
    parentPort.on('message', ({ id, question }) => {
      if (question !== 'close') void open(${JSON.stringify(pipe)}, 'r');
      parentPort.postMessage({ kind: 'result', id });
    });
  `;
    const workerFile = new URL(`data:text/javascript,${encodeURIComponent(hanging)}`);
    const engine = await openEngine({ model: 'model.gguf' }, { workerFile, endTime: 50 });
    await engine.status();
    const closed = engine.close();
    await expect(closed).rejects.toMatchObject({ code: 'failed' });
    expect(engine.close()).toBe(closed);
    // Somebody writes into the pipe: the thread ends after all.
    await (await open(pipe, 'w')).close();
    await rm(folder, { recursive: true });
  },
);
