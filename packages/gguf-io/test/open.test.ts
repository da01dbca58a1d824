import { describe, expect, test } from 'vitest';
import { formats } from '@halftone/quant-formats';
import {
  GgufError,
  isGguf,
  MemorySource,
  openGguf,
  type GgufFile,
  type RandomAccessSource,
} from '../src/index';
import { golden } from './goldens';
import { entry, handMade, tensor, text, u32, u64 } from './hand-made';

const open = (bytes: Uint8Array, firstWindowBytes?: number): Promise<GgufFile> =>
  openGguf(new MemorySource(bytes), firstWindowBytes === undefined ? {} : { firstWindowBytes });

/** The error that opening a file of these bytes gives; all of them say what to do. */
async function errorOf(bytes: Uint8Array): Promise<GgufError> {
  const error: unknown = await open(bytes).catch((reason: unknown) => reason);
  if (error instanceof GgufError) {
    expect(error.facts.advice, error.message).toMatch(/\.$/);
    return error;
  }
  throw new Error(`expected a GgufError, got ${String(error)}`);
}

test('a GGUF file is told by its first four bytes', () => {
  expect(isGguf(golden('cut-model'))).toBe(true);
  expect(isGguf(golden('cut-model').subarray(0, 3))).toBe(false);
  expect(isGguf(handMade({ magic: 'ggml' }))).toBe(false);
});

describe('files by other programs', () => {
  test('a model that ik_llama.cpp quantized: exact byte ranges, row prefixes included', async () => {
    const bytes = golden('cut-model');
    const file = await open(bytes);
    expect(file).toMatchObject({ version: 3, alignment: 32, byteLength: bytes.length, hasTensorData: true });
    expect(file.metadata.size).toBe(34);
    const { dataOffset } = file;
    expect(file.tensors).toEqual([
      {
        name: 'blk.0.attn_k.weight',
        dimensions: [256, 4],
        format: 'iq6_k',
        byteOffset: dataOffset,
        byteLength: 4 * 212,
      },
      // A row of iq4_kss is a scale of 4 bytes and a block of 128.
      {
        name: 'blk.0.ffn_up.weight',
        dimensions: [256, 4],
        format: 'iq4_kss',
        byteOffset: dataOffset + 864,
        byteLength: 4 * 132,
      },
      {
        name: 'output_norm.weight',
        dimensions: [256],
        format: 'f32',
        byteOffset: dataOffset + 864 + 544,
        byteLength: 1024,
      },
    ]);
    expect(dataOffset + 864 + 544 + 1024).toBe(bytes.length);
  });

  test('a file of the gguf Python package: data', async () => {
    const file = await open(golden('gguf-py'));
    const [embedding, norm] = file.tensors;
    if (embedding === undefined || norm === undefined) throw new Error('two tensors expected');
    expect(embedding).toMatchObject({ name: 'token_embd.weight', dimensions: [4, 3], format: 'f32' });
    const values = new Float32Array((await file.readTensorBytes(embedding)).buffer);
    expect([...values]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(norm).toMatchObject({ name: 'output_norm.weight', dimensions: [4], format: 'f16', byteLength: 8 });
    expect([...(await file.readTensorBytes(norm))]).toEqual([0, 0x3c, 0, 0x3c, 0, 0x3c, 0, 0x3c]);
  });

  test('another alignment', async () => {
    const file = await open(golden('all-types'));
    expect(file.alignment).toBe(64);
    expect(file.dataOffset % 64).toBe(0);
    expect(file.tensors.map(({ byteOffset }) => byteOffset - file.dataOffset)).toEqual([0, 64]);
  });

  test('version 2, four dimensions', async () => {
    const file = await open(golden('version-2'));
    expect(file.version).toBe(2);
    expect(file.tensors[0]).toMatchObject({ dimensions: [2, 2, 1, 1], byteLength: 16 });
  });
});

describe('windows', () => {
  const bytes = golden('cut-model');

  test.each([1, 5, 100, 3000, 1_000_000])('a first window of %d bytes', async (firstWindowBytes) => {
    const file = await open(bytes, firstWindowBytes);
    expect(file.metadata).toEqual((await open(bytes)).metadata);
    expect(file.tensors).toEqual((await open(bytes)).tensors);
  });

  test('bytes are read once, and few behind the header', async () => {
    const reads: [number, number][] = [];
    const memory = new MemorySource(bytes);
    const source: RandomAccessSource = {
      name: 'counting',
      byteLength: bytes.length,
      read: (offset, into) => {
        reads.push([offset, into.length]);
        return memory.read(offset, into);
      },
      close: () => memory.close(),
    };
    await openGguf(source, { firstWindowBytes: 200 });
    expect(reads).toEqual([
      [0, 200],
      [200, 3000],
      [3200, bytes.length - 3200],
    ]);
  });
});

describe('a header alone', () => {
  const weights = [tensor('w', [256, 2])];
  const header = handMade({ tensors: weights });

  test('opens without its padding, with a part of it, and with all of it', async () => {
    for (const padding of [0, 1, 32 - (header.length % 32)]) {
      const bytes = new Uint8Array(header.length + padding);
      bytes.set(header);
      const file = await open(bytes);
      expect(file).toMatchObject({ hasTensorData: false, headerByteLength: header.length });
      expect(file.tensors).toHaveLength(1);
    }
  });

  test('has no data to read', async () => {
    const file = await open(header);
    const [first] = file.tensors;
    if (first === undefined) throw new Error('one tensor expected');
    await expect(file.readTensorBytes(first)).rejects.toMatchObject({
      code: 'no-tensor-data',
      facts: { tensor: 'w' },
    });
  });

  test('is not a file with some of its data', async () => {
    for (const dataBytes of [1, 2047]) {
      expect(await errorOf(handMade({ tensors: weights, dataBytes }))).toMatchObject({
        code: 'truncated',
        facts: { tensor: 'w', found: `${96 + dataBytes} bytes`, allowed: `at least ${96 + 2048}` },
      });
    }
    expect(await open(handMade({ tensors: weights, dataBytes: 2048 }))).toMatchObject({
      hasTensorData: true,
    });
  });

  test('truncated data: the first tensor that is not whole is named', async () => {
    const tensors = [tensor('c', [8], { offset: 64 }), tensor('a', [8]), tensor('b', [8], { offset: 32 })];
    expect((await errorOf(handMade({ tensors, dataBytes: 63 }))).facts.tensor).toBe('b');
  });

  test('a file without tensors has none either', async () => {
    expect(await open(handMade({ dataBytes: 100 }))).toMatchObject({ hasTensorData: false, tensors: [] });
  });
});

describe('ranges of a tensor', () => {
  test('are read as asked for', async () => {
    const bytes = golden('cut-model');
    const file = await open(bytes);
    const kss = file.tensors[1];
    if (kss === undefined) throw new Error('three tensors expected');
    const row = new Uint8Array(132);
    await file.readTensorRange(kss, 2 * 132, row);
    expect(row).toEqual(bytes.slice(kss.byteOffset + 2 * 132, kss.byteOffset + 3 * 132));
  });

  test.each([
    [-1, 4],
    [0.5, 1],
    [1021, 4],
    [NaN, 1],
  ])('from %d, %d bytes: out of range', async (byteOffset, length) => {
    const file = await open(golden('cut-model'));
    const norm = file.tensors[2];
    if (norm === undefined) throw new Error('three tensors expected');
    await expect(file.readTensorRange(norm, byteOffset, new Uint8Array(length))).rejects.toMatchObject({
      code: 'out-of-range',
      facts: { tensor: 'output_norm.weight' },
    });
  });
});

const huge = 2n ** 63n - 1n;

describe('a wrong file is a typed error', () => {
  test.each([
    ['an empty file', new Uint8Array(0), 'truncated'],
    ['another kind of file', handMade({ magic: 'ggml' }), 'wrong-magic'],
    ['version 1', handMade({ version: 1 }), 'unsupported-version'],
    ['version 99', handMade({ version: 99 }), 'unsupported-version'],
    ['version 0', handMade({ version: 0 }), 'unsupported-version'],
    ['big-endian', handMade({ version: 0x0300_0000 }), 'big-endian'],
    ['no counts', handMade({}).slice(0, 15), 'truncated'],
  ])('as a whole: %s', async (_, bytes, code) => {
    expect(await errorOf(bytes)).toMatchObject({ code, facts: { file: 'memory' } });
  });

  test.each([
    ['tensors', handMade({ tensorCount: huge }), 'over-limit'],
    ['tensors, within 53 bits', handMade({ tensorCount: 2 ** 40 }), 'over-limit'],
    ['tensors, within the cap', handMade({ tensorCount: 100_000 }), 'truncated'],
    ['metadata entries', handMade({ metadataCount: 2n ** 64n - 1n }), 'over-limit'],
    ['metadata entries, within the cap', handMade({ metadataCount: 60_000 }), 'truncated'],
    ['bytes of a key', handMade({ metadata: [[...u64(huge), ...u64(0)]] }), 'over-limit'],
    ['bytes of a key, over its cap', handMade({ metadata: [[...u64(65_536), ...u64(0)]] }), 'over-limit'],
    ['bytes of a string', handMade({ metadata: [entry('k', 8, u64(huge))] }), 'over-limit'],
    [
      'bytes of a string, within 53 bits',
      handMade({ metadata: [entry('k', 8, u64(2 ** 50))] }),
      'over-limit',
    ],
    ['bytes of a string, within the cap', handMade({ metadata: [entry('k', 8, u64(1000))] }), 'truncated'],
    [
      'bytes of a string, over 32 bits',
      handMade({ metadata: [entry('k', 9, [...u32(8), ...u64(1), ...u64(2 ** 32)])] }),
      'over-limit',
    ],
    ['elements', handMade({ metadata: [entry('k', 9, [...u32(0), ...u64(huge)])] }), 'over-limit'],
    [
      'strings in an array',
      handMade({ metadata: [entry('k', 9, [...u32(8), ...u64(2 ** 40)])] }),
      'truncated',
    ],
    [
      'numbers in an array',
      handMade({ metadata: [entry('k', 9, [...u32(12), ...u64(2 ** 52)])] }),
      'truncated',
    ],
    [
      'arrays in an array',
      handMade({ metadata: [entry('k', 9, [...u32(9), ...u64(2 ** 30)])] }),
      'truncated',
    ],
    ['bytes of a name', handMade({ tensors: [u64(huge), [...new Uint8Array(100)]] }), 'over-limit'],
    ['bytes of a name, over its cap', handMade({ tensors: [tensor('n'.repeat(256), [1])] }), 'over-limit'],
    ['an offset', handMade({ tensors: [tensor('w', [1], { offset: huge })] }), 'over-limit'],
    [
      'an offset, within 53 bits',
      handMade({ tensors: [tensor('w', [1], { offset: 2n ** 53n - 32n })] }),
      'over-limit',
    ],
    ['a dimension', handMade({ tensors: [tensor('w', [huge])] }), 'over-limit'],
    [
      'dimensions whose product is',
      handMade({ tensors: [tensor('w', [2 ** 30, 2 ** 30])] }),
      'invalid-dimensions',
    ],
    ['dimensions, in number', handMade({ tensors: [tensor('w', [1, 1, 1, 1, 1])] }), 'invalid-dimensions'],
  ])('numbers that are too large: %s', async (_, bytes, code) => {
    expect((await errorOf(bytes)).code).toBe(code);
  });

  const nestedArrays = (depth: number): readonly number[] =>
    depth === 0 ? [...u32(0), ...u64(0)] : [...u32(9), ...u64(1), ...nestedArrays(depth - 1)];

  test.each([
    ['an unknown type', [entry('k', 13, u64(0))], 'unknown-value-type'],
    ['an unknown element type', [entry('k', 9, [...u32(77), ...u64(0)])], 'unknown-value-type'],
    ['a truth value of 2', [entry('k', 7, [2])], 'invalid-bool'],
    ['a truth value of 2 in an array', [entry('k', 9, [...u32(7), ...u64(3), 1, 2, 0])], 'invalid-bool'],
    ['a key that is no UTF-8', [entry([0xff, 0x41], 0, [1])], 'invalid-text'],
    ['a key twice', [entry('k', 0, [1]), entry('other', 0, [1]), entry('k', 7, [1])], 'duplicate-key'],
    ['five arrays in each other', [entry('k', 9, nestedArrays(4))], 'over-limit'],
    ['an alignment of 0', [entry('general.alignment', 4, u32(0))], 'invalid-alignment'],
    ['an alignment of 4', [entry('general.alignment', 4, u32(4))], 'invalid-alignment'],
    ['an alignment of 48', [entry('general.alignment', 4, u32(48))], 'invalid-alignment'],
    ['an alignment of 2^31', [entry('general.alignment', 4, u32(2 ** 31))], 'invalid-alignment'],
    ['an alignment in text', [entry('general.alignment', 8, text('32'))], 'invalid-alignment'],
    ['an alignment of 64 bits', [entry('general.alignment', 10, u64(32))], 'invalid-alignment'],
  ])('metadata: %s', async (_, metadata, code) => {
    expect((await errorOf(handMade({ metadata }))).code).toBe(code);
  });

  test('four arrays in each other are allowed', async () => {
    const file = await open(handMade({ metadata: [entry('k', 9, nestedArrays(3))] }));
    expect(file.metadata.get('k')).toMatchObject({
      type: 'array',
      value: { elementType: 'array', length: 1 },
    });
  });

  test.each([
    ['an unknown type', [tensor('w', [256], { formatId: 9999 })], 'unknown-format'],
    ['a type of activations', [tensor('w', [256], { formatId: 136 })], 'activation-type'],
    ['no dimensions', [tensor('w', [])], 'invalid-dimensions'],
    ['a dimension of 0', [tensor('w', [256, 0])], 'invalid-dimensions'],
    [
      'rows of 100 weights in blocks of 256',
      [tensor('w', [100, 256], { formatId: formats.q6_K.id })],
      'invalid-dimensions',
    ],
    [
      'two of one name',
      [tensor('w', [8]), tensor('v', [8], { offset: 64 }), tensor('w', [8], { offset: 32 })],
      'duplicate-tensor',
    ],
    ['a name that is no UTF-8', [tensor([0x77, 0x80], [8])], 'invalid-text'],
    ['an offset of 8', [tensor('w', [1], { offset: 8 })], 'misaligned-tensor'],
    ['data on other data', [tensor('a', [16]), tensor('w', [8], { offset: 32 })], 'overlapping-tensors'],
    ['data on the same data', [tensor('a', [8]), tensor('w', [8])], 'overlapping-tensors'],
    ['data around other data', [tensor('w', [8], { offset: 32 }), tensor('a', [64])], 'overlapping-tensors'],
    ['a gap before it', [tensor('a', [8]), tensor('w', [8], { offset: 64 })], 'unused-data'],
    ['a gap before all data', [tensor('w', [8], { offset: 32 })], 'unused-data'],
  ])('a tensor with %s', async (_, tensors, code) => {
    const error = await errorOf(handMade({ tensors, dataBytes: 1024 }));
    expect(error.code).toBe(code);
    if (code !== 'invalid-text') expect(error.facts.tensor).toBe('w');
  });

  test('a gap is told with the offset, and the one that was expected', async () => {
    const error = await errorOf(handMade({ tensors: [tensor('a', [8]), tensor('w', [8], { offset: 96 })] }));
    expect(error.message).toMatch(
      /tensor "w": .*64 bytes before the tensor belong to no tensor \(found the offset 96, allowed 32\)/,
    );
  });

  test('data behind the last tensor, beyond its padding', async () => {
    const tensors = [tensor('a', [9])];
    expect(await open(handMade({ tensors, dataBytes: 36 }))).toMatchObject({ hasTensorData: true });
    expect(await open(handMade({ tensors, dataBytes: 64 }))).toMatchObject({ hasTensorData: true });
    const { code, facts } = await errorOf(handMade({ tensors, dataBytes: 65 }));
    expect(code).toBe('unused-data');
    expect(facts).toMatchObject({ found: '129 bytes', allowed: 'up to 128' });
  });

  test('an unknown type is told by its number', async () => {
    const error = await errorOf(handMade({ tensors: [tensor('w', [256], { formatId: 9999 })] }));
    expect(error.message).toContain('tensor "w"');
    expect(error.message).toContain('9999');
  });

  test.each([
    ['of pq2_0 under the id of q2_0', 4352, /take the file that has PQ2_0/],
    ['that are lost', 4320, /damaged/],
  ])('blocks %s are told', async (_, offset, advice) => {
    const tensors = [tensor('a', [128, 128], { formatId: formats.q2_0.id }), tensor('w', [8], { offset })];
    const { code, message } = await errorOf(handMade({ tensors, dataBytes: 8192 }));
    expect(code).toBe('overlapping-tensors');
    expect(message).toMatch(advice);
  });

  test('cut anywhere in its header, a file is truncated', async () => {
    const bytes = golden('all-types');
    const { headerByteLength } = await open(bytes);
    for (let length = 0; length < headerByteLength; length++) {
      const error = await errorOf(bytes.slice(0, length));
      expect(error.code, `cut to ${length} bytes`).toBe('truncated');
    }
  });

  test('a header that never ends is not read to the end', async () => {
    let bytesRead = 0;
    const endless: RandomAccessSource = {
      name: 'endless',
      byteLength: 2 ** 42,
      async read(offset, into) {
        bytesRead += into.length;
        if (offset === 0) into.set(handMade({ metadata: [entry('k', 9, [...u32(8), ...u64(2 ** 22)])] }));
      },
      async close() {
        // Nothing is open.
      },
    };
    // 2^22 empty strings take 32 MiB, which is allowed; the tensor table behind them has no tensors.
    expect((await openGguf(endless)).metadata.get('k')).toMatchObject({ value: { length: 2 ** 22 } });
    expect(bytesRead).toBeLessThanOrEqual(64 * 1024 * 1024);
  });

  test.each([2 ** 23, 2 ** 30])(
    'an array of %d strings is over the cap of a header, and is not read',
    async (count) => {
      let bytesRead = 0;
      const endless: RandomAccessSource = {
        name: 'endless',
        byteLength: 2 ** 42,
        async read(offset, into) {
          bytesRead += into.length;
          if (offset === 0) into.set(handMade({ metadata: [entry('k', 9, [...u32(8), ...u64(count)])] }));
        },
        async close() {
          // Nothing is open.
        },
      };
      await expect(openGguf(endless)).rejects.toMatchObject({ code: 'over-limit' });
      expect(bytesRead).toBe(1024 * 1024);
    },
  );
});
