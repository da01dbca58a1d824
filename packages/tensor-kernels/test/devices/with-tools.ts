import { expect } from 'vitest';
import type { Device } from '../../src/index';
import { Tools } from './tools';

/** Does some work with the tools of a device of its own. */
export type WithTools = (work: (tools: Tools) => Promise<void>) => Promise<void>;

/** Open a device for some work, which may fail in its calls: afterwards the device must still add. */
export function toolsOf(open: () => Promise<Device>): WithTools {
  return async (work) => {
    const tools = new Tools(await open());
    await work(tools);
    await expectToWork(tools);
    await tools.device.close();
  };
}

async function expectToWork(tools: Tools): Promise<void> {
  const data = await tools.values([1, 2]);
  const addend = await tools.values([10, 20]);
  await tools.run([{ op: 'add', data, addend, width: 2 }], { tokens: 1 });
  const sum = new Float32Array(2);
  await tools.device.read(data, sum);
  expect([...sum]).toEqual([11, 22]);
}
