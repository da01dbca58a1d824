import { describe, expect, it } from 'vitest';
import { referenceDevice, type Device, type Indices, type Op, type Values } from '../src/index';

/** Every expected value here was worked out by hand, or is a closed form; none comes from the code. */

const device: Device = referenceDevice('to be tested');

async function values(...numbers: number[]): Promise<Values> {
  const buffer = device.allocateValues(numbers.length);
  await device.write(buffer, Float32Array.from(numbers));
  return buffer;
}

async function indices(...numbers: number[]): Promise<Indices> {
  const buffer = device.allocateIndices(numbers.length);
  await device.write(buffer, Int32Array.from(numbers));
  return buffer;
}

async function numbersOf(buffer: Values | Indices): Promise<number[]> {
  if (buffer.kind === 'indices') {
    const into = new Int32Array(buffer.length);
    await device.read(buffer, into);
    return [...into];
  }
  const into = new Float32Array(buffer.length);
  await device.read(buffer, into);
  return [...into];
}

async function run(op: Op, tokens = 1, outputs = 1): Promise<void> {
  await device.run(device.compile([op]), { tokens, outputs });
}

function weights(
  rows: number,
  columns: number,
  experts: number,
  numbers: number[],
): ReturnType<Device['loadWeights']> {
  const bytes = new Uint8Array(Float32Array.from(numbers).buffer);
  return device.loadWeights(
    { format: 'f32', rows, columns, experts },
    { read: () => Promise.resolve(bytes) },
  );
}

function close(found: number[], wanted: number[]): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 5));
}

describe('products', () => {
  it('of rows with tokens, with and without a bias', async () => {
    const matrix = await weights(3, 2, 1, [1, 2, 3, 4, 5, 6]);
    const plain = device.allocateValues(6);
    const biased = device.allocateValues(6);
    const input = await values(1, 1, 10, -1);
    const bias = await values(100, 200, 300);
    await run(
      {
        op: 'matmul',
        count: 'tokens',
        input,
        products: [
          { weights: matrix, out: plain },
          { weights: matrix, out: biased, bias },
        ],
      },
      2,
    );
    expect(await numbersOf(plain)).toEqual([3, 7, 11, 8, 26, 44]);
    expect(await numbersOf(biased)).toEqual([103, 207, 311, 108, 226, 344]);
  });

  it('of experts, each token with its own', async () => {
    const matrices = await weights(1, 2, 3, [1, 0, 0, 1, 1, 1]);
    const input = await values(2, 3, 5, 7);
    const ids = await indices(2, 0, 1, 1);
    const out = device.allocateValues(4);
    await run(
      {
        op: 'expertMatmul',
        input,
        inputPerExpert: false,
        ids,
        used: 2,
        products: [{ weights: matrices, out }],
      },
      2,
    );
    expect(await numbersOf(out)).toEqual([5, 2, 7, 7]);
    const perExpert = await values(1, 2, 3, 4, 5, 6, 7, 8);
    await run(
      {
        op: 'expertMatmul',
        input: perExpert,
        inputPerExpert: true,
        ids,
        used: 2,
        products: [{ weights: matrices, out }],
      },
      2,
    );
    expect(await numbersOf(out)).toEqual([3, 3, 6, 8]);
  });

  it('rows are looked up', async () => {
    const matrix = await weights(3, 2, 1, [1, 2, 3, 4, 5, 6]);
    const out = device.allocateValues(4);
    await run({ op: 'decodeRows', weights: matrix, ids: await indices(2, 0), out }, 2);
    expect(await numbersOf(out)).toEqual([5, 6, 1, 2]);
  });
});

describe('rows', () => {
  it('are normalised in groups by the root of their mean square', async () => {
    const data = await values(3, 4, 0, 0);
    await run({
      op: 'rmsNorm',
      count: 'tokens',
      input: data,
      weights: await values(2, 1),
      out: data,
      groups: 2,
      width: 2,
      epsilon: 0.5,
    });
    // sqrt((9 + 16) / 2 + 0.5) = sqrt(13)
    close(await numbersOf(data), [6 / Math.sqrt(13), 4 / Math.sqrt(13), 0, 0]);
  });

  it('are scaled, added and selected', async () => {
    const data = await values(1, 2, 3, 4);
    await run({ op: 'scaleRows', data, factors: await values(10, -1), width: 2 }, 2);
    expect(await numbersOf(data)).toEqual([10, 20, -3, -4]);
    await run({ op: 'add', data, addend: await values(1, 1, 1, 1), width: 2 }, 1);
    expect(await numbersOf(data)).toEqual([11, 21, -3, -4]);
    const out = device.allocateValues(2);
    await run({ op: 'selectRows', input: data, rows: await indices(1), out, width: 2 }, 2, 1);
    expect(await numbersOf(out)).toEqual([-3, -4]);
  });

  it('are gated', async () => {
    const gate = await values(0, 1, -1);
    const up = await values(5, 2, 2);
    const gated = async (name: 'silu' | 'relu' | 'gelu'): Promise<number[]> => {
      const out = device.allocateValues(3);
      await run({ op: 'gate', function: name, gate, up, out, width: 3, perToken: 1 });
      return numbersOf(out);
    };
    const sigmoid = 1 / (1 + Math.exp(-1));
    close(await gated('silu'), [0, 2 * sigmoid, -2 * (1 - sigmoid)]);
    close(await gated('relu'), [0, 2, 0]);
    // The exact function, 2 x Phi(x): 1.68269 and -0.31731; the approximation is within 0.0005 of it.
    const gelu = await gated('gelu');
    expect(Math.abs((gelu[1] ?? 0) - 1.68269)).toBeLessThan(0.001);
    expect(Math.abs((gelu[2] ?? 0) + 0.31731)).toBeLessThan(0.001);
  });

  it('are squared and summed, by column and by expert', async () => {
    const input = await values(1, 2, 3, 4);
    const sums = await values(100, 0);
    await run({ op: 'sumSquares', count: 'tokens', input, width: 2, sums }, 2);
    expect(await numbersOf(sums)).toEqual([110, 20]);
    const byExpert = device.allocateValues(6);
    const hits = device.allocateValues(3);
    const ids = await indices(0, 2, 2, 2);
    await run(
      {
        op: 'sumExpertSquares',
        input,
        inputPerExpert: false,
        ids,
        used: 2,
        experts: 3,
        width: 2,
        sums: byExpert,
        hits,
      },
      2,
    );
    expect(await numbersOf(byExpert)).toEqual([1, 4, 0, 0, 19, 36]);
    expect(await numbersOf(hits)).toEqual([1, 0, 3]);
  });
});

describe('heads', () => {
  it('turn by a right angle, in either pairing, and leave what does not turn', async () => {
    const frequencies = await values(Math.PI / 2, 0);
    const turned = async (pairing: 'adjacent' | 'halves'): Promise<number[]> => {
      const data = await values(1, 2, 3, 4, 5);
      const rotation = { headLength: 5, rotated: 4, pairing, frequencies, magnitude: 2 };
      await run({ op: 'rotate', data, positions: await indices(1), heads: 1, rotation });
      return numbersOf(data);
    };
    close(await turned('adjacent'), [-4, 2, 6, 8, 5]);
    close(await turned('halves'), [-6, 4, 2, 8, 5]);
  });

  it('in a cache turn on', async () => {
    const cache = device.allocateCache('f32', 2, 4);
    await run({ op: 'storeRows', input: await values(1, 2, 3, 4), cache, cells: await indices(1) });
    const rotation = {
      headLength: 2,
      rotated: 2,
      pairing: 'adjacent' as const,
      frequencies: await values(Math.PI),
      magnitude: 1,
    };
    await run({
      op: 'rotateCells',
      cache,
      cells: await indices(1),
      positions: await indices(1),
      heads: 2,
      rotation,
    });
    const bytes = await device.readCells(cache, 0, 2);
    close([...new Float32Array(bytes.buffer)], [0, 0, 0, 0, -1, -2, -3, -4]);
  });

  it('attend to what their span shows them, several to one head of keys', async () => {
    const keys = device.allocateCache('f32', 4, 1);
    const stored = device.allocateCache('f32', 4, 2);
    const cells = await indices(3, 1);
    await run({ op: 'storeRows', input: await values(0, Math.log(3)), cache: keys, cells }, 2);
    await run({ op: 'storeRows', input: await values(4, 40, 8, 80), cache: stored, cells }, 2);
    const out = device.allocateValues(8);
    const op: Op = {
      op: 'attention',
      query: await values(1, 0, 2, 0.5),
      keys,
      values: stored,
      cells: await indices(3, 1),
      spans: await indices(0, 1, 0, 2),
      out,
      heads: 2,
      keyValueHeads: 1,
      scale: 1,
    };
    await run(op, 2);
    // The first token sees one cell. Of the second, the heads give the second cell 9 : 1 and sqrt(3) : 1.
    const share = Math.sqrt(3) / (1 + Math.sqrt(3));
    close(await numbersOf(out), [4, 40, 4, 40, 7.6, 76, 4 + 4 * share, 40 + 40 * share]);
  });
});

describe('experts', () => {
  it('are chosen by share, the lower number first among equals', async () => {
    const logits = await values(0, Math.log(2), Math.log(2), 0);
    const ids = device.allocateIndices(2);
    const shares = device.allocateValues(2);
    const op = { op: 'routeExperts', logits, experts: 4, used: 2, scale: 3, ids, shares } as const;
    await run({ ...op, gating: 'softmax', normalize: false });
    expect(await numbersOf(ids)).toEqual([1, 2]);
    close(await numbersOf(shares), [1, 1]);
    await run({ ...op, gating: 'softmax', normalize: true });
    close(await numbersOf(shares), [1.5, 1.5]);
    await run({ ...op, gating: 'sigmoid', normalize: false });
    close(await numbersOf(shares), [2, 2]);
  });

  it('are put together', async () => {
    const out = device.allocateValues(2);
    const op = {
      op: 'combineExperts',
      input: await values(1, 2, 3, 4),
      shares: await values(10, 1),
      used: 2,
      out,
      width: 2,
    } as const;
    await run(op);
    expect(await numbersOf(out)).toEqual([13, 24]);
  });
});

describe('what is wrong is told', () => {
  it('buffers that are too small, when ops are made ready and when they run', async () => {
    const data = await values(1, 2, 3);
    expect(() => device.compile([{ op: 'add', data, addend: data, width: 4 }])).toThrow(
      /op 0 \(add\): the buffer of its data is too small \(found 3 values, allowed at least 1 x 4\)/,
    );
    const program = device.compile([{ op: 'add', data, addend: data, width: 1 }]);
    await expect(device.run(program, { tokens: 4, outputs: 0 })).rejects.toMatchObject({
      code: 'wrong-length',
    });
    await expect(device.run(program, { tokens: 0.5, outputs: 0 })).rejects.toMatchObject({
      code: 'wrong-length',
    });
  });

  it('indices that point outside', async () => {
    const matrix = await weights(2, 1, 1, [1, 2]);
    const out = device.allocateValues(1);
    for (const id of [-1, 2]) {
      await expect(
        run({ op: 'decodeRows', weights: matrix, ids: await indices(id), out }),
      ).rejects.toMatchObject({ code: 'out-of-range' });
    }
    const cache = device.allocateCache('f16', 2, 1);
    await expect(run({ op: 'storeRows', input: out, cache, cells: await indices(2) })).rejects.toMatchObject({
      code: 'out-of-range',
    });
  });

  it('handles of another device, and those that were given back', async () => {
    const other = referenceDevice('another').allocateValues(1);
    await expect(device.read(other, new Float32Array(1))).rejects.toMatchObject({ code: 'unavailable' });
    const data = await values(1);
    device.release(data);
    await expect(device.read(data, new Float32Array(1))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('weights whose bytes are not those of their shape', async () => {
    await expect(weights(2, 2, 1, [1, 2, 3])).rejects.toThrow(/found 12 bytes, allowed 16: 1 x 2 rows of 8/);
  });
});
