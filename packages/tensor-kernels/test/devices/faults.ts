import { describe, expect, test } from 'vitest';
import { referenceDevice, type Op } from '../../src/index';
import { matrixOf, Tools } from './tools';
import type { WithTools } from './with-tools';

const worst = [-1, -(2 ** 31), 2 ** 31 - 1];

/** An op that is right but for one index, which `bad` stands for; `limit` is the first that is too large. */
interface IndexCase {
  readonly name: string;
  readonly limit: number;
  readonly make: (tools: Tools, bad: number) => Promise<Op>;
}

const indexCases: readonly IndexCase[] = [
  {
    name: 'decodeRows, an id',
    limit: 4,
    make: async (tools, bad) => ({
      op: 'decodeRows',
      weights: await tools.weights(matrixOf('q8_0', 4, 32)),
      ids: await tools.indices([0, bad]),
      out: await tools.result(64),
    }),
  },
  {
    name: 'storeRows, a cell',
    limit: 3,
    make: async (tools, bad) => ({
      op: 'storeRows',
      input: await tools.values(new Float32Array(64)),
      cache: tools.cache('q8_0', 3, 32),
      cells: await tools.indices([2, bad]),
    }),
  },
  {
    name: 'rotateCells, a cell',
    limit: 3,
    make: async (tools, bad) => ({
      op: 'rotateCells',
      cache: tools.cache('f16', 3, 4),
      cells: await tools.indices([1, bad]),
      positions: await tools.indices([1, 2]),
      heads: 2,
      rotation: {
        ...{ headLength: 2, rotated: 2, pairing: 'halves', magnitude: 1 },
        frequencies: await tools.values([1]),
      },
    }),
  },
  {
    name: 'attention, a cell',
    limit: 3,
    make: async (tools, bad) => attentionOver(tools, [0, bad, 1], [0, 3, 0, 1]),
  },
  {
    name: 'attention, the start of a span',
    limit: 3,
    make: async (tools, bad) => attentionOver(tools, [0, 1, 2], [0, 3, bad, 1]),
  },
  {
    name: 'attention, the length of a span',
    limit: 4,
    make: async (tools, bad) => attentionOver(tools, [0, 1, 2], [0, bad, 0, 1]),
  },
  {
    name: 'selectRows, a row',
    limit: 2,
    make: async (tools, bad) => ({
      op: 'selectRows',
      input: await tools.values([1, 2, 3, 4, 5, 6]),
      rows: await tools.indices([0, bad]),
      out: await tools.result(4),
      width: 2,
    }),
  },
  {
    name: 'expertMatmul, an expert',
    limit: 2,
    make: async (tools, bad) => ({
      op: 'expertMatmul',
      input: await tools.values(new Float32Array(64)),
      inputPerExpert: false,
      ids: await tools.indices([0, bad]),
      used: 1,
      products: [{ weights: await tools.weights(matrixOf('q8_0', 2, 32, 2)), out: await tools.result(4) }],
    }),
  },
  {
    name: 'sumExpertSquares, an expert',
    limit: 2,
    make: async (tools, bad) => ({
      op: 'sumExpertSquares',
      input: await tools.values([1, 2, 3, 4]),
      inputPerExpert: false,
      ids: await tools.indices([1, bad]),
      used: 1,
      experts: 2,
      width: 2,
      sums: await tools.result(4),
      hits: await tools.result(2),
    }),
  },
];

async function attentionOver(tools: Tools, cells: readonly number[], spans: readonly number[]): Promise<Op> {
  return {
    op: 'attention',
    query: await tools.values([1, 2, 3, 4]),
    keys: tools.cache('f32', 3, 2),
    values: tools.cache('f32', 3, 2),
    cells: await tools.indices(cells),
    spans: await tools.indices(spans),
    out: await tools.result(4),
    heads: 1,
    keyValueHeads: 1,
    scale: 1,
  };
}

/** What every device must refuse, and how; and that it goes on working afterwards. */
export function testFaults(withTools: WithTools): void {
  describe('indices that point outside', () => {
    test.each(indexCases)('$name', ({ limit, make }) =>
      withTools(async (tools) => {
        const guards = [await tools.result(3), await tools.result(3)];
        for (const bad of [...worst, limit, limit + 7]) {
          const op = await make(tools, bad);
          await expect(tools.run([op], { tokens: 2, outputs: 2 }), `index ${bad}`).rejects.toMatchObject({
            code: 'out-of-range',
            name: 'KernelError',
          });
        }
        for (const guard of guards) expect(await tools.numbersOf(guard)).toEqual(new Float32Array(3));
        await tools.run([await make(tools, limit - 1)], { tokens: 2, outputs: 2 });
      }),
    );

    test('what is not counted is not looked at', () =>
      withTools(async (tools) => {
        for (const { make } of indexCases.filter(({ name }) => name !== 'attention, a cell')) {
          const op = await make(tools, -1);
          await tools.run([op], op.op === 'attention' ? {} : { tokens: 1, outputs: 1 });
        }
      }));
  });

  testCounts(withTools);
  testHandles(withTools);
  testLengths(withTools);
}

function testCounts(withTools: WithTools): void {
  test('counts that buffers have no room for, and those that are none', () =>
    withTools(async (tools) => {
      const data = await tools.values([1, 2, 3, 4]);
      const addend = await tools.values([1, 2, 3, 4]);
      const op = { op: 'add', data, addend, width: 2 } as const;
      for (const tokens of [3, 2 ** 31, 2 ** 32 + 1, 2 ** 53, -1, 0.5, NaN, Infinity]) {
        await expect(tools.run([op], { tokens }), `${tokens} tokens`).rejects.toMatchObject({
          code: 'wrong-length',
        });
      }
    }));

  test('no tokens, or outputs alone', () =>
    withTools(async (tools) => {
      const out = await tools.result(2);
      const weights = await tools.weights(matrixOf('f32', 2, 3));
      const input = await tools.values([1, 2, 3]);
      const op = { op: 'matmul', input, products: [{ weights, out }] } as const;
      await tools.run([{ ...op, count: 'tokens' }], { outputs: 1 });
      expect(await tools.numbersOf(out)).toEqual(Float32Array.of(0, 0));
      await tools.run([{ ...op, count: 'outputs' }], { outputs: 1 });
      const [first = 0] = await tools.numbersOf(out);
      expect(first).not.toBe(0);
    }));
}

function testHandles(withTools: WithTools): void {
  const unavailable: unknown = expect.objectContaining({ code: 'unavailable', name: 'KernelError' });

  test('handles of another device', () =>
    withTools(async (tools) => {
      const others = new Tools(referenceDevice('another'));
      const mine = await tools.values([1, 2, 3, 4]);
      const foreign = await others.values([1, 2, 3, 4]);
      const weights = await others.weights(matrixOf('f32', 1, 4));
      const cache = others.cache('f32', 1, 4);
      const cells = await tools.indices([0]);
      const ops: readonly Op[] = [
        { op: 'add', data: mine, addend: foreign, width: 1 },
        { op: 'matmul', count: 'tokens', input: mine, products: [{ weights, out: await tools.result(1) }] },
        { op: 'storeRows', input: mine, cache, cells },
      ];
      for (const op of ops) expect(() => tools.device.compile([op])).toThrow(unavailable);
      const program = others.device.compile([{ op: 'add', data: foreign, addend: foreign, width: 1 }]);
      await expect(tools.device.run(program, { tokens: 1, outputs: 0 })).rejects.toEqual(unavailable);
      await expect(tools.device.read(foreign, new Float32Array(1))).rejects.toEqual(unavailable);
      await expect(tools.device.write(foreign, new Float32Array(1))).rejects.toEqual(unavailable);
      await expect(tools.device.readCells(cache, 0, 1)).rejects.toEqual(unavailable);
      await expect(tools.device.writeCells(cache, 0, new Uint8Array(16))).rejects.toEqual(unavailable);
      expect(() => {
        tools.device.release(foreign);
      }).toThrow(unavailable);
    }));

  test('handles that were given back', () =>
    withTools(async ({ device }) => {
      const kept = device.allocateValues(2);
      const released = device.allocateValues(2);
      const op: Op = { op: 'add', data: kept, addend: released, width: 2 };
      const program = device.compile([{ op: 'add', data: kept, addend: kept, width: 2 }, op]);
      await device.write(kept, Float32Array.of(1, 1));
      device.release(released);
      expect(() => device.compile([op])).toThrow(unavailable);
      await expect(device.run(program, { tokens: 1, outputs: 0 })).rejects.toEqual(unavailable);
      const numbers = new Float32Array(2);
      await device.read(kept, numbers);
      // Nothing was done before it was seen that something is missing.
      expect([...numbers]).toEqual([1, 1]);
      await expect(device.read(released, numbers)).rejects.toEqual(unavailable);
      expect(() => {
        device.release(released);
      }).toThrow(unavailable);
      device.release(program);
      await expect(device.run(program, { tokens: 1, outputs: 0 })).rejects.toEqual(unavailable);
    }));
}

function testLengths(withTools: WithTools): void {
  const wrongLength: unknown = expect.objectContaining({ code: 'wrong-length', name: 'KernelError' });

  test('lengths that cannot be', () =>
    withTools(async ({ device }) => {
      for (const length of [-1, 0.5, NaN, 2 ** 32]) {
        expect(() => device.allocateValues(length)).toThrow(wrongLength);
        expect(() => device.allocateIndices(length)).toThrow(wrongLength);
        expect(() => device.allocateCache('f32', length, 1)).toThrow(wrongLength);
        expect(() => device.allocateCache('f32', 1, length)).toThrow(wrongLength);
      }
      expect(() => device.allocateCache('q8_0', 1, 48)).toThrow('a multiple of 32');
      expect(() => device.allocateCache('f32', 2 ** 32 - 1, 2 ** 31)).toThrow(
        expect.objectContaining({ code: 'out-of-memory' }) as Error,
      );
    }));

  test('weights whose bytes are not those of their shape', () =>
    withTools(async ({ device }) => {
      const load = (rows: number, columns: number, bytes: number): Promise<unknown> =>
        device.loadWeights(
          { format: 'q8_0', rows, columns, experts: 1 },
          { read: async () => new Uint8Array(bytes) },
        );
      await expect(load(2, 32, 34)).rejects.toEqual(wrongLength);
      await expect(load(2, 48, 102)).rejects.toEqual(wrongLength);
      await expect(load(0.5, 64, 34)).rejects.toEqual(wrongLength);
      await expect(load(-1, -32, 34)).rejects.toEqual(wrongLength);
    }));

  test('parts of buffers that lie outside', () =>
    withTools(async (tools) => {
      const { device } = tools;
      const values = await tools.values([1, 2, 3]);
      const cache = tools.cache('f16', 4, 2);
      const two = new Float32Array(2);
      for (const offset of [2, -1, 0.5, NaN, 2 ** 32]) {
        await expect(device.write(values, two, offset)).rejects.toEqual(wrongLength);
        await expect(device.read(values, two, offset)).rejects.toEqual(wrongLength);
      }
      for (const [first, count] of [
        [3, 2],
        [-1, 1],
        [0, -1],
        [0, 0.5],
        [0, 2 ** 40],
      ] as const) {
        await expect(device.readCells(cache, first, count)).rejects.toEqual(wrongLength);
      }
      await expect(device.writeCells(cache, 0, new Uint8Array(3))).rejects.toEqual(wrongLength);
      await expect(device.writeCells(cache, 3, new Uint8Array(8))).rejects.toEqual(wrongLength);
    }));
}
