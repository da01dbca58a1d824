import { describe, expect, test } from 'vitest';
import type { Device } from '../../src/index';
import { Tools } from './tools';

/** Calls that nobody waits for are done in their order; what was called before `close` is still done, and nothing after it. */
export function testOrder(open: () => Promise<Device>): void {
  describe('calls', () => {
    test('are done in their order', async () => {
      const tools = new Tools(await open());
      const { device } = tools;
      const data = await tools.values([1]);
      const addend = await tools.values([1]);
      const program = device.compile([{ op: 'add', data, addend, width: 1 }]);
      const counts = { tokens: 1, outputs: 0 };
      const [before, between, after] = [new Float32Array(1), new Float32Array(1), new Float32Array(1)];
      await Promise.all([
        device.read(data, before),
        device.run(program, counts),
        device.run(program, counts),
        device.read(data, between),
        device.write(addend, Float32Array.of(10)),
        device.run(program, counts),
        device.read(data, after),
      ]);
      expect([...before, ...between, ...after]).toEqual([1, 3, 13]);
      await device.close();
    });

    test('for a buffer of the size of one that was given back give zeros', async () => {
      const tools = new Tools(await open());
      const { device } = tools;
      const [first, second] = [await tools.values(new Float32Array(5000).fill(7)), await tools.values([1])];
      device.release(first);
      const sizes = [1000, 3000, 1000, 9000];
      const made = sizes.map((length) => device.allocateValues(length));
      for (const [i, length] of sizes.entries()) {
        const numbers = new Float32Array(length).fill(3);
        await device.read(made[i] ?? first, numbers);
        expect(numbers).toEqual(new Float32Array(length));
        await device.write(made[i] ?? first, new Float32Array(length).fill(i));
      }
      const kept = new Float32Array(1);
      await device.read(second, kept);
      expect(kept[0]).toBe(1);
      await device.close();
    });

    test('of which one fails leave the next alone', async () => {
      const tools = new Tools(await open());
      const { device } = tools;
      const data = await tools.values([1, 2]);
      const out = await tools.result(2);
      const rows = await tools.indices([1]);
      const program = device.compile([
        { op: 'add', data, addend: data, width: 2 },
        { op: 'selectRows', input: data, rows, out, width: 1 },
      ]);
      const failing = device.run(program, { tokens: 1, outputs: 1 });
      const writing = device.write(rows, Int32Array.of(0));
      const running = device.run(program, { tokens: 1, outputs: 1 });
      await expect(failing).rejects.toMatchObject({ code: 'out-of-range' });
      await Promise.all([writing, running]);
      expect(await tools.numbersOf(out)).toEqual(Float32Array.of(4, 0));
      await device.close();
    });

    test('after the device was closed are refused', async () => {
      const tools = new Tools(await open());
      const { device } = tools;
      const data = await tools.values([1, 2]);
      const cache = tools.cache('f16', 1, 2);
      const program = device.compile([{ op: 'add', data, addend: data, width: 2 }]);
      const running = device.run(program, { tokens: 1, outputs: 0 });
      await device.close();
      await expect(running).resolves.toBeUndefined();
      const closed: unknown = expect.objectContaining({ code: 'unavailable', name: 'KernelError' });
      await expect(device.run(program, { tokens: 1, outputs: 0 })).rejects.toEqual(closed);
      await expect(device.read(data, new Float32Array(1))).rejects.toEqual(closed);
      await expect(device.readCells(cache, 0, 1)).rejects.toEqual(closed);
      expect(() => device.allocateValues(1)).toThrow(closed);
      expect(() => device.compile([])).toThrow(closed);
      await device.close();
    });
  });
}
