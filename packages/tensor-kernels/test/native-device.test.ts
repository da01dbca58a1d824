import { encodeRows, formats } from '@halftone/quant-formats';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { backendReport, nativeInstructionSets, openDevice } from '../src/node';
import { nativeDevice } from '../src/node-device';
import { referenceDevice, type CacheFormat, type Device, type Op } from '../src/index';
import { noise } from './rows';

const [native] = await backendReport();
const folder = mkdtempSync(path.join(tmpdir(), 'halftone-device-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Numbers from 0 to `end - 1` in an order that has nothing to do with them. */
function shuffled(end: number): Int32Array {
  return Int32Array.from({ length: end }, (_, i) => (i * 7919) % end);
}

interface AttentionCase {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headLength: number;
  readonly valueLength: number;
  readonly format: CacheFormat;
  /** Start and length for each token. */
  readonly spans: readonly (readonly [number, number])[];
}

const cellCount = 1511;

async function attend(device: Device, shape: AttentionCase): Promise<Float32Array> {
  const { heads, keyValueHeads, headLength, valueLength, format, spans } = shape;
  const tokens = spans.length;
  const keys = device.allocateCache(format, cellCount, keyValueHeads * headLength);
  const values = device.allocateCache(format, cellCount, keyValueHeads * valueLength);
  const cells = device.allocateIndices(cellCount);
  const ops: Op[] = [];
  for (const [cache, seed] of [
    [keys, 1],
    [values, 2],
  ] as const) {
    const input = device.allocateValues(cellCount * cache.width);
    await device.write(
      input,
      noise(cellCount * cache.width, seed).map((x) => 30 * x),
    );
    ops.push({ op: 'storeRows', input, cache, cells });
  }
  await device.write(cells, shuffled(cellCount));
  await device.run(device.compile(ops), { tokens: cellCount, outputs: 0 });
  const query = device.allocateValues(tokens * heads * headLength);
  const out = device.allocateValues(tokens * heads * valueLength);
  const spanIndices = device.allocateIndices(2 * tokens);
  await device.write(
    query,
    noise(query.length, 3).map((x) => 30 * x),
  );
  await device.write(spanIndices, Int32Array.from(spans.flat()));
  const attention: Op = {
    ...{ op: 'attention', query, keys, values, cells, spans: spanIndices, out, heads, keyValueHeads },
    scale: headLength ** -0.5,
  };
  await device.run(device.compile([attention]), { tokens, outputs: 0 });
  const result = new Float32Array(out.length);
  await device.read(out, result);
  return result;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN))), 0);
}

const generation = [[0, cellCount]] as const;
const severalSequences = [
  [0, 700],
  [700, 13],
  [713, 600],
  [3, 1],
] as const;
const prompt = Array.from({ length: 150 }, (_, token) => [0, 900 + token] as const);
const slidingWindow = Array.from({ length: 70 }, (_, token) => [5 + token, 129] as const);
const cases: readonly AttentionCase[] = [
  { heads: 8, keyValueHeads: 2, headLength: 128, valueLength: 128, format: 'f16', spans: generation },
  { heads: 8, keyValueHeads: 2, headLength: 64, valueLength: 32, format: 'q8_0', spans: severalSequences },
  { heads: 6, keyValueHeads: 2, headLength: 40, valueLength: 23, format: 'f32', spans: severalSequences },
  { heads: 4, keyValueHeads: 4, headLength: 64, valueLength: 64, format: 'f32', spans: prompt },
  { heads: 4, keyValueHeads: 1, headLength: 64, valueLength: 64, format: 'f16', spans: slidingWindow },
];

describe.skipIf(native?.isAvailable !== true)('the native device', () => {
  test.each(cases)('attends like the reference: $heads heads of $headLength, $format', async (shape) => {
    const expected = await attend(referenceDevice('to compare with'), shape);
    for (const instructionSet of nativeInstructionSets()) {
      for (const threads of [1, 3]) {
        const device = nativeDevice('under test', { threads }, instructionSet);
        expect(largestDifference(await attend(device, shape), expected)).toBeLessThan(2e-5);
        await device.close();
      }
    }
  });

  test('uses weights as they stand in a file', async () => {
    const weights = noise(4 * 256, 5);
    const bytes = new Uint8Array(4 * 144);
    encodeRows(formats.iq4_k, weights, 256, undefined, bytes);
    const file = path.join(folder, 'weights');
    writeFileSync(file, Buffer.concat([Buffer.alloc(5001), bytes]));
    const device = await openDevice('native', { threads: 1 });
    const shape = { format: 'iq4_k', rows: 4, columns: 256, experts: 1 } as const;
    const read = (): Promise<Uint8Array> => Promise.reject(new Error('not mapped'));
    const mapped = await device.loadWeights(shape, { read, file: { path: file, offset: 5001 } });
    const copied = await device.loadWeights(shape, { read: () => Promise.resolve(bytes) });
    const ids = device.allocateIndices(4);
    await device.write(ids, Int32Array.of(2, 0, 3, 1));
    const rows = await Promise.all(
      [mapped, copied].map(async (each) => {
        const out = device.allocateValues(4 * 256);
        await device.run(device.compile([{ op: 'decodeRows', weights: each, ids, out }]), {
          tokens: 4,
          outputs: 0,
        });
        const row = new Float32Array(out.length);
        await device.read(out, row);
        return row;
      }),
    );
    expect(rows[0]).toEqual(rows[1]);
    expect(largestDifference(rows[0]?.subarray(256, 512) ?? new Float32Array(), weights)).toBeLessThan(0.2);

    await expect(
      device.loadWeights(shape, { read, file: { path: file, offset: 5002 } }),
    ).rejects.toMatchObject({ code: 'wrong-length', facts: { file, offset: 5002 } });
    await expect(
      device.loadWeights(shape, { read, file: { path: `${file}-none`, offset: 0 } }),
    ).rejects.toMatchObject({ code: 'unavailable' });
    await device.close();
  });

  test('is of no use after it is closed, and may be closed again', async () => {
    const device = await openDevice('native', { threads: 2 });
    const values = device.allocateValues(4);
    const program = device.compile([{ op: 'add', data: values, addend: values, width: 4 }]);
    // What was called before it is still done.
    const running = device.run(program, { tokens: 1, outputs: 0 });
    await device.close();
    await expect(running).resolves.toBeUndefined();
    await device.close();
    await expect(device.run(program, { tokens: 1, outputs: 0 })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(device.read(values, new Float32Array(1))).rejects.toMatchObject({ code: 'unavailable' });
    expect(() => device.allocateValues(1)).toThrow('closed');
  });

  test('refuses what cannot be had', async () => {
    await expect(openDevice('native', { threads: 0 })).rejects.toMatchObject({ code: 'wrong-length' });
    const device = await openDevice('native', { threads: 1 });
    const outOfMemory = expect.objectContaining({ code: 'out-of-memory' }) as Error;
    expect(() => device.allocateCache('f32', 2 ** 32 - 1, 2 ** 31)).toThrow(outOfMemory);
    expect(() => device.allocateValues(1.5)).toThrow('a length is out of range');
    await device.close();
  });
});
