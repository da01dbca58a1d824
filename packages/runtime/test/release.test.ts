import { KernelError, openDevice, type Device } from '@halftone/tensor-kernels';
import { expect, test } from 'vitest';
import { loadModel } from '../src/index';
import { tinyFile, tinyMetadata, tinyShape, tinyTensors } from './tiny-model';

const makers = new Set(['loadWeights', 'allocateValues', 'allocateIndices', 'allocateCache', 'compile']);

/** A reference device that keeps a list of what it has handed out. Making a cache fails once `isFull` is set. */
async function countingDevice() {
  const held = new Set<unknown>();
  const state = { held, isFull: false };
  const device = new Proxy<Device>(await openDevice('reference'), {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]): unknown => {
        if (name === 'allocateCache' && state.isFull) throw new KernelError('out-of-memory', 'full');
        if (name === 'release') expect(held.delete(args[0])).toBe(true);
        const made: unknown = Reflect.apply(method, target, args);
        if (!makers.has(String(name))) return made;
        const hold = (handle: unknown): unknown => {
          held.add(handle);
          return handle;
        };
        return made instanceof Promise ? made.then(hold) : hold(made);
      };
    },
  });
  return { device, state };
}

const shape = tinyShape({ architecture: 'mistral3' });

test('what a model and its session took is given back', async () => {
  const { device, state } = await countingDevice();
  const model = await loadModel(await tinyFile(tinyMetadata(shape), tinyTensors(shape)), { device });
  const loaded = state.held.size;
  expect(loaded).toBeGreaterThan(20);
  const session = model.openSession({ contextLength: 8 });
  const sequence = session.createSequence();
  await session.step([{ sequence, tokens: [1, 2, 3] }]);
  await sequence.shift(1, 1);
  expect(state.held.size).toBeGreaterThan(loaded);
  await session.close();
  await session.close();
  expect(state.held.size).toBe(loaded);
  model.close();
  expect(state.held.size).toBe(0);
});

test('a session that cannot be had leaves nothing behind', async () => {
  const { device, state } = await countingDevice();
  const model = await loadModel(await tinyFile(tinyMetadata(shape), tinyTensors(shape)), { device });
  const loaded = state.held.size;
  state.isFull = true;
  expect(() => model.openSession()).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
  expect(state.held.size).toBe(loaded);
});

test('a model that cannot be loaded leaves nothing behind', async () => {
  const { device, state } = await countingDevice();
  const tensors = tinyTensors(shape);
  tensors.get('output_norm.weight')?.data.fill(NaN);
  const file = await tinyFile(tinyMetadata(shape), tensors);
  await expect(loadModel(file, { device })).rejects.toMatchObject({ code: 'not-finite' });
  expect(state.held.size).toBe(0);
});
