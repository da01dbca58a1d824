import { describe, expect, test } from 'vitest';
import {
  encodeGgufHeader,
  GgufWriter,
  MemorySink,
  MemorySource,
  openGguf,
  type ByteSink,
  type GgufFile,
  type GgufHeader,
  type GgufValue,
} from '../src/index';
import { golden, goldenNames } from './goldens';

/** Write `file` again, in pieces of `pieceBytes`. */
async function copy(file: GgufFile, pieceBytes = Infinity): Promise<Uint8Array | undefined> {
  const sink = new MemorySink();
  const writer = await GgufWriter.open(sink, file);
  for (const tensor of file.tensors) {
    const bytes = await file.readTensorBytes(tensor);
    for (let at = 0; at < bytes.length; at += pieceBytes)
      await writer.write(bytes.subarray(at, at + pieceBytes));
  }
  await writer.finish();
  return sink.bytes;
}

const twoTensors: GgufHeader = {
  version: 3,
  metadata: new Map<string, GgufValue>([['general.name', { type: 'string', value: 'two' }]]),
  tensors: [
    { name: 'a', dimensions: [3], format: 'f32' },
    { name: 'b', dimensions: [2, 2], format: 'f16' },
  ],
};

describe('files by other programs, read and written, are the same bytes', () => {
  test.each(goldenNames)('%s', async (name) => {
    const bytes = golden(name);
    const file = await openGguf(new MemorySource(bytes));
    expect(await copy(file)).toEqual(bytes);
    expect(await copy(file, 7)).toEqual(bytes);
  });

  test('a header alone', async () => {
    const bytes = golden('cut-model');
    const { headerByteLength } = await openGguf(new MemorySource(bytes));
    const header = bytes.slice(0, headerByteLength);
    expect(encodeGgufHeader(await openGguf(new MemorySource(header)))).toEqual(header);
  });
});

describe('a file of our own', () => {
  test('tells where its tensors will be, and how long it will be', async () => {
    const sink = new MemorySink();
    const writer = await GgufWriter.open(sink, twoTensors);
    const [a, b] = writer.tensors;
    expect(a).toMatchObject({ name: 'a', byteLength: 12 });
    expect(b).toMatchObject({ name: 'b', byteLength: 8, byteOffset: (a?.byteOffset ?? NaN) + 32 });
    expect(writer.byteLength).toBe((b?.byteOffset ?? NaN) + 32);
    await writer.write(new Uint8Array(12).fill(1));
    await writer.write(new Uint8Array(8).fill(2));
    expect(sink.bytes).toBeUndefined();
    await writer.finish();
    const bytes = sink.bytes ?? new Uint8Array();
    expect(bytes).toHaveLength(writer.byteLength);
    expect([...bytes.slice(-64)]).toEqual([
      ...new Uint8Array(12).fill(1),
      ...new Uint8Array(20),
      ...new Uint8Array(8).fill(2),
      ...new Uint8Array(24),
    ]);
  });

  test('takes its alignment from the metadata', async () => {
    const metadata = new Map<string, GgufValue>([['general.alignment', { type: 'uint32', value: 128 }]]);
    const writer = await GgufWriter.open(new MemorySink(), { ...twoTensors, metadata });
    expect(writer.tensors.map(({ byteOffset }) => byteOffset % 128)).toEqual([0, 0]);
  });

  test('may have no tensors', async () => {
    const sink = new MemorySink();
    await (await GgufWriter.open(sink, { ...twoTensors, tensors: [] })).finish();
    expect(sink.bytes?.length).toBe(64);
  });

  test('pieces may be reused once they are written', async () => {
    const sink = new MemorySink();
    const writer = await GgufWriter.open(sink, { ...twoTensors, tensors: twoTensors.tensors.slice(0, 1) });
    const piece = new Uint8Array(4);
    for (const value of [1, 2, 3]) await writer.write(piece.fill(value));
    await writer.finish();
    expect([...(sink.bytes?.slice(-32, -20) ?? [])]).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
  });
});

/** "a", and a byte that is no UTF-8. */
const oddText = {
  type: 'string',
  value: 'a\uFFFD',
  exactBytes: Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x61, 0xff),
} as const;

/** A NaN with a payload. */
const oddNan = { type: 'float32', value: NaN, exactBytes: Uint8Array.of(1, 2, 0xa0, 0x7f) } as const;

test('exact bytes that read as their value are written as they are', async () => {
  const metadata = new Map<string, GgufValue>([
    ['text', oddText],
    ['nan', oddNan],
  ]);
  const file = await openGguf(new MemorySource(encodeGgufHeader({ ...twoTensors, metadata })));
  expect([...file.metadata]).toEqual([...metadata]);
});

/** Notes what is asked of it. */
function recordingSink(failAt = Infinity): ByteSink & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    name: 'recording',
    calls,
    async write() {
      calls.push('write');
      if (calls.length > failAt) throw new Error('the disk is gone');
    },
    async finish() {
      calls.push('finish');
    },
    async abort() {
      calls.push('abort');
    },
  };
}

describe('mistakes abort the file', () => {
  test.each([
    ['too many bytes for a tensor', [13]],
    ['a piece over the end of a tensor', [8, 8]],
    ['bytes behind the last tensor', [12, 8, 1]],
  ])('%s', async (_, lengths) => {
    const sink = recordingSink();
    const writer = await GgufWriter.open(sink, twoTensors);
    const writeAll = async (): Promise<void> => {
      for (const length of lengths) await writer.write(new Uint8Array(length));
    };
    await expect(writeAll()).rejects.toMatchObject({ code: 'wrong-length', facts: { file: 'recording' } });
    expect(sink.calls.at(-1)).toBe('abort');
  });

  test.each([
    ['no data', [], 'a'],
    ['a part of a tensor', [12, 7], 'b'],
    ['a tensor missing', [12], 'b'],
  ])('finished with %s', async (_, lengths, tensor) => {
    const sink = recordingSink();
    const writer = await GgufWriter.open(sink, twoTensors);
    for (const length of lengths) await writer.write(new Uint8Array(length));
    await expect(writer.finish()).rejects.toMatchObject({ code: 'wrong-length', facts: { tensor } });
    expect(sink.calls).not.toContain('finish');
    expect(sink.calls.at(-1)).toBe('abort');
  });

  test('a sink that fails', async () => {
    const sink = recordingSink(2);
    const writer = await GgufWriter.open(sink, twoTensors);
    await expect(writer.write(new Uint8Array(12))).rejects.toThrow('the disk is gone');
    expect(sink.calls).toEqual(['write', 'write', 'write', 'abort']);
    await expect(writer.write(new Uint8Array(12))).rejects.toMatchObject({ code: 'closed' });
    await expect(writer.finish()).rejects.toMatchObject({ code: 'closed' });
  });

  test('a sink that fails, and fails again when it is given up', async () => {
    const failing = (failAt: number): ByteSink => ({
      ...recordingSink(failAt),
      async abort() {
        throw new Error('the disk is still gone');
      },
    });
    await expect(GgufWriter.open(failing(0), twoTensors)).rejects.toThrow('the disk is gone');
    const writer = await GgufWriter.open(failing(2), twoTensors);
    await expect(writer.write(new Uint8Array(12))).rejects.toThrow('the disk is gone');
    await expect(writer.abort()).rejects.toThrow('the disk is still gone');
  });

  test('giving up twice is giving up', async () => {
    const sink = new MemorySink();
    const writer = await GgufWriter.open(sink, twoTensors);
    await writer.abort();
    await writer.abort();
    expect(sink.bytes).toBeUndefined();
    await expect(sink.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'closed' });
  });

  test.each<[string, Partial<GgufHeader>, string]>([
    [
      'rows that are no whole blocks',
      { tensors: [{ name: 'w', dimensions: [100], format: 'q6_K' }] },
      'invalid-dimensions',
    ],
    [
      'a fraction of a column',
      { tensors: [{ name: 'w', dimensions: [1.5], format: 'f32' }] },
      'invalid-dimensions',
    ],
    [
      'a negative length',
      { tensors: [{ name: 'w', dimensions: [-1, -1], format: 'f32' }] },
      'invalid-dimensions',
    ],
    ['no dimensions', { tensors: [{ name: 'w', dimensions: [], format: 'f32' }] }, 'invalid-dimensions'],
    [
      'five dimensions',
      { tensors: [{ name: 'w', dimensions: [1, 1, 1, 1, 1], format: 'f32' }] },
      'invalid-dimensions',
    ],
    [
      'one name twice',
      {
        tensors: [
          { name: 'w', dimensions: [1], format: 'f32' },
          { name: 'w', dimensions: [1], format: 'f32' },
        ],
      },
      'duplicate-tensor',
    ],
    [
      'a number that does not fit',
      { metadata: new Map([['k', { type: 'uint8', value: 256 }]]) },
      'invalid-value',
    ],
    [
      'an alignment of 3',
      { metadata: new Map([['general.alignment', { type: 'uint32', value: 3 }]]) },
      'invalid-alignment',
    ],
    [
      'a key of 70,000 bytes',
      { metadata: new Map([['k'.repeat(70_000), { type: 'bool', value: true }]]) },
      'over-limit',
    ],
    [
      'metadata over the cap of a header',
      { metadata: new Map([['k', { type: 'string', value: 'x'.repeat(64 * 1024 * 1024) }]]) },
      'over-limit',
    ],
    [
      'new text beside the exact bytes of another',
      { metadata: new Map([['k', { ...oddText, value: 'new' }]]) },
      'invalid-value',
    ],
    [
      'a number beside the exact bytes of a NaN',
      { metadata: new Map([['k', { ...oddNan, value: 1 }]]) },
      'invalid-value',
    ],
    [
      'exact bytes that are cut off',
      { metadata: new Map([['k', { ...oddText, exactBytes: oddText.exactBytes.subarray(0, 9) }]]) },
      'invalid-value',
    ],
    [
      'more exact bytes than the value has',
      { metadata: new Map([['k', { ...oddNan, exactBytes: new Uint8Array([...oddNan.exactBytes, 0]) }]]) },
      'invalid-value',
    ],
  ])('a header with %s', async (_, wrong, code) => {
    const sink = recordingSink();
    await expect(GgufWriter.open(sink, { ...twoTensors, ...wrong })).rejects.toMatchObject({ code });
    expect(sink.calls).toEqual(['abort']);
  });
});
