import { afterEach, describe, expect, it } from 'vitest';
import type { EncodeTask } from '../src/encode-task';
import { EncoderPool } from '../src/encoder-pool';

let pool: EncoderPool | undefined;
afterEach(async () => {
  await pool?.close();
});

/** A pool whose threads run `code`. */
function poolOf(threads: number, code: string): EncoderPool {
  const program = `import { parentPort } from 'node:worker_threads';\n${code}`;
  pool = new EncoderPool(
    threads,
    'reference',
    new URL(`data:text/javascript,${encodeURIComponent(program)}`),
  );
  return pool;
}

function task(): EncodeTask {
  const facts = { sourceFormat: 'f32', format: 'q8_0', columns: 32, rows: 1 } as const;
  return { ...facts, source: new Uint8Array(128), output: new Uint8Array(34), importance: undefined };
}

describe('EncoderPool', () => {
  it.each([
    ['throws', "parentPort.on('message', () => { throw new Error('out of luck'); });", 'out of luck'],
    ['ends', "parentPort.on('message', () => process.exit(3));", 'ended with code 3'],
    ['never starts', "throw new Error('no such file');", 'no such file'],
  ])('rejects every task when a thread %s', async (_, code, told) => {
    const broken = poolOf(2, code);
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => broken.run(task())));
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'worker-failed' } });
      expect(result).toMatchObject({ reason: { message: expect.stringContaining(told) as unknown } });
    }
    await expect(broken.run(task())).rejects.toMatchObject({ code: 'worker-failed' });
  });

  it('rejects the tasks that are left when it is closed', async () => {
    const silent = poolOf(1, "parentPort.on('message', () => undefined);");
    const results = Promise.allSettled([silent.run(task()), silent.run(task())]);
    await silent.close();
    for (const result of await results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } });
    }
  });
});
