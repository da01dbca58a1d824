import { encodeRows, formats } from '@halftone/quant-formats';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { backendReport, openDevice } from '../src/node';
import { noise } from './rows';

const [native] = await backendReport();
const folder = mkdtempSync(path.join(tmpdir(), 'halftone-device-'));
afterAll(() => rmSync(folder, { recursive: true }));

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN))), 0);
}

describe.skipIf(native?.isAvailable !== true)('the native device', () => {
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

  test('refuses numbers of threads that cannot be', async () => {
    for (const threads of [0, -1, 1.5, NaN, 5000]) {
      await expect(openDevice('native', { threads })).rejects.toMatchObject({ code: 'bad-option' });
    }
  });
});
