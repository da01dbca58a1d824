import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  ImatrixError,
  meanSquares,
  readImportanceMatrix,
  type ImatrixErrorCode,
  type ImportanceEntry,
} from '../src/index';
import { int32, joined, legacyFile } from './legacy-file';

interface Expected {
  readonly chunkCount: number;
  readonly dataset: string;
  readonly entries: readonly {
    readonly name: string;
    readonly callCount: number;
    readonly meanSquares: string;
  }[];
}

const golden = (name: string): URL => new URL(`goldens/${name}`, import.meta.url);

describe('a file of llama-imatrix', () => {
  it('is read as the independent reader reads it, to the bit', async () => {
    const expected = JSON.parse(await readFile(golden('demo-10M-cut.json'), 'utf8')) as Expected;
    const matrix = await readImportanceMatrix(await readFile(golden('demo-10M-cut.imatrix.dat')), 'cut');
    expect([...matrix.entries.keys()]).toEqual(expected.entries.map(({ name }) => name));
    expect(matrix).toMatchObject({
      source: 'cut',
      chunkCount: expected.chunkCount,
      chunkSize: undefined,
      datasets: [expected.dataset],
    });
    for (const { name, callCount, meanSquares: means } of expected.entries) {
      const entry = matrix.entries.get(name);
      expect(entry?.counts).toEqual(Float64Array.of(callCount));
      expect(entry && meanSquares(entry)).toEqual(
        new Float32Array(Uint8Array.from(Buffer.from(means, 'base64')).buffer),
      );
    }
  });

  it('is read from the middle of a larger buffer, at an odd offset', async () => {
    const bytes = await readFile(golden('demo-10M-cut.imatrix.dat'));
    const larger = joined(new Uint8Array(3), bytes, new Uint8Array(5));
    expect(await readImportanceMatrix(larger.subarray(3, 3 + bytes.length), 'x')).toEqual(
      await readImportanceMatrix(bytes, 'x'),
    );
  });
});

describe('the legacy form', () => {
  it('may end without a trailer, as old files do', async () => {
    const bytes = legacyFile([{ name: 'a', calls: 2, values: [2, 4] }]);
    const matrix = await readImportanceMatrix(bytes, 'old.dat');
    expect(matrix).toMatchObject({ chunkCount: undefined, datasets: [] });
    expect(matrix.entries.get('a')).toEqual(entry([2, 4], 2));
  });

  it('holds mean squares as they are where there were no calls', async () => {
    const matrix = await readImportanceMatrix(legacyFile([{ name: 'a', calls: 0, values: [2, 4] }]), 'x');
    expect(matrix.entries.get('a')).toEqual(entry([2, 4], 1));
  });

  it('keeps zeros, and tells a path that is not UTF-8 as well as it can', async () => {
    const bytes = legacyFile([{ name: 'a', calls: 1, values: [0] }], { chunks: 7, dataset: 'x' });
    bytes[bytes.length - 1] = 0xff;
    const { datasets, chunkCount, entries } = await readImportanceMatrix(bytes, 'x');
    expect({ datasets, chunkCount }).toEqual({ datasets: ['\uFFFD'], chunkCount: 7 });
    expect(entries.get('a')).toEqual(entry([0], 1));
  });
});

function entry(sums: readonly number[], count: number): ImportanceEntry {
  return { name: 'a', sums: Float32Array.from(sums), counts: Float64Array.of(count) };
}

const good = { name: 'blk.0.ffn_up.weight', calls: 1, values: [1, 2, 3] };
const whole = legacyFile([good], { chunks: 1, dataset: 'text' });
/** Where the parts of `whole` start. */
const at = {
  nameLength: 4,
  name: 8,
  calls: 27,
  count: 31,
  values: 35,
  chunks: 47,
  datasetLength: 51,
  dataset: 55,
};

function withInt32(offset: number, value: number): Uint8Array {
  return joined(whole.subarray(0, offset), int32(value), whole.subarray(offset + 4));
}

async function errorOf(bytes: Uint8Array): Promise<ImatrixError> {
  try {
    await readImportanceMatrix(bytes, 'bad.dat');
  } catch (error) {
    if (error instanceof ImatrixError) return error;
    throw error;
  }
  throw new Error('no error');
}

const badFiles: [what: string, bytes: Uint8Array, code: ImatrixErrorCode, message: string][] = [
  ['nothing', new Uint8Array(0), 'truncated', 'at byte 0: the file ends inside the number of entries'],
  ['no entries', int32(0), 'empty', 'found 0, allowed 1 or more'],
  ['a negative number of entries', int32(-1), 'empty', 'found -1'],
  ['a forged number of entries', int32(0x7fffffff), 'too-many-entries', 'allowed at most 131072'],
  ['an empty name', withInt32(at.nameLength, 0), 'bad-name', 'found 0, allowed 1 to 255 bytes'],
  ['a negative name length', withInt32(at.nameLength, -5), 'bad-name', 'at byte 4'],
  ['a long name', withInt32(at.nameLength, 257), 'bad-name', 'found 257'],
  [
    'a name cut off',
    whole.subarray(0, 20),
    'truncated',
    'the name of entry 0 (found 12 more bytes, allowed 19 bytes)',
  ],
  [
    'a negative number of calls',
    withInt32(at.calls, -1),
    'bad-count',
    'the number of calls of entry "blk.0.ffn_up.weight"',
  ],
  ['no values', withInt32(at.count, 0), 'bad-count', 'found 0, allowed 1 or more'],
  [
    'a forged number of values',
    withInt32(at.count, 0x7fffffff),
    'truncated',
    'the values of entry "blk.0.ffn_up.weight"',
  ],
  ['values cut off', whole.subarray(0, 40), 'truncated', 'at byte 35'],
  ['a negative number of chunks', withInt32(at.chunks, -1), 'bad-count', 'the number of chunks'],
  ['a trailer cut off', whole.subarray(0, at.datasetLength), 'truncated', 'the path of the calibration text'],
  ['a negative path length', withInt32(at.datasetLength, -1), 'bad-count', 'at byte 51'],
  ['a path cut off', whole.subarray(0, whole.length - 1), 'truncated', 'at byte 55'],
  ['more bytes after the end', joined(whole, int32(0)), 'trailing-bytes', 'found 4 more bytes'],
  [
    'two entries of one name',
    legacyFile([good, good]),
    'duplicate-entry',
    'tensor "blk.0.ffn_up.weight": at byte 47',
  ],
  [
    'a name that is not UTF-8',
    legacyFile([{ ...good, name: Uint8Array.of(0xc3) }]),
    'bad-name',
    'is not UTF-8',
  ],
  [
    'NaN',
    legacyFile([{ ...good, values: [1, NaN] }]),
    'bad-value',
    'value 1 of the entry is no mean square (found NaN',
  ],
  ['infinity', legacyFile([{ ...good, values: [Infinity] }]), 'bad-value', 'at byte 35: value 0'],
  ['a negative value', legacyFile([{ ...good, values: [0, 1, -2] }]), 'bad-value', 'value 2'],
];

describe('a bad file', () => {
  it.each(badFiles)('%s', async (_, bytes, code, message) => {
    const error = await errorOf(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.facts.file).toBe('bad.dat');
  });
});
