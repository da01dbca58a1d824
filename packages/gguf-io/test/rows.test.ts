import { formats } from '@halftone/quant-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeGgufHeader,
  GgufWriter,
  MemorySink,
  MemorySource,
  openGguf,
  type GgufFile,
  type GgufTensor,
  type RandomAccessSource,
} from '../src/index';
import { joinParts } from '../src/read/parts';
import { entry, handMade, tensor, u32 } from './hand-made';

const { id } = formats.i2_s;
const COLUMNS = 256;
const ROW_BYTES = 4 + 64;
const ROWS = 6;
const CODE_BYTES = ROWS * 64;
const SCALE = [0, 0, 0, 0x3f];

/** Codes, of which no two rows have the same, then the scale and padding that is not zero. */
const stored = Uint8Array.of(
  ...Array.from({ length: CODE_BYTES }, (_, i) => (i * 37 + (i >> 6)) & 0xff),
  ...SCALE,
  ...new Array<number>(28).fill(0xa5),
);
const rows = Uint8Array.from(
  Array.from({ length: ROWS }, (_, row) => [...SCALE, ...stored.subarray(64 * row, 64 * (row + 1))]).flat(),
);

/** Rows of two experts, and a vector behind them. */
const tensors = [
  tensor('w', [COLUMNS, 3, 2], { formatId: id }),
  tensor('norm', [8], { offset: stored.length }),
];

function fileBytes(metadata: readonly (readonly number[])[] = []): Uint8Array {
  const bytes = handMade({ metadata, tensors, dataBytes: stored.length + 32 });
  bytes.set(stored, bytes.length - 32 - stored.length);
  return bytes;
}

function only({ tensors: [first] }: GgufFile): GgufTensor {
  if (first === undefined) throw new Error('a tensor expected');
  return first;
}

describe('rows that have one scale in common', () => {
  test('in the file they take their codes, the scale and its padding', async () => {
    const file = await openGguf(new MemorySource(fileBytes()));
    expect(file.tensors).toMatchObject([
      { name: 'w', format: 'i2_s', byteOffset: file.dataOffset, byteLength: CODE_BYTES + 32 },
      { name: 'norm', byteOffset: file.dataOffset + CODE_BYTES + 32 },
    ]);
  });

  test('are read with the scale before each', async () => {
    const file = await openGguf(new MemorySource(fileBytes()));
    expect(await file.readTensorBytes(only(file))).toEqual(rows);
  });

  test('any range of them', async () => {
    const file = await openGguf(new MemorySource(fileBytes()));
    const place = fc.nat({ max: rows.length });
    await fc.assert(
      fc.asyncProperty(place, place, async (one, other) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other)];
        const guarded = new Uint8Array(end - start + 2).fill(7);
        await file.readTensorRange(only(file), start, guarded.subarray(1, -1));
        expect(guarded).toEqual(Uint8Array.of(7, ...rows.subarray(start, end), 7));
      }),
      { numRuns: 500 },
    );
    const beyond = file.readTensorRange(only(file), ROW_BYTES * (ROWS - 1), new Uint8Array(ROW_BYTES + 1));
    await expect(beyond).rejects.toMatchObject({
      code: 'out-of-range',
      facts: { tensor: 'w', allowed: `0 to ${rows.length}` },
    });
  });

  test('in a file of several', async () => {
    const keys = (part: number) => [
      entry('split.no', 4, u32(part)),
      entry('split.count', 4, u32(2)),
      entry('split.tensors.count', 4, u32(3)),
    ];
    const parts = [
      handMade({ metadata: keys(0), tensors: [tensor('first', [24])], dataBytes: 96 }),
      fileBytes(keys(1)),
    ].map((bytes) => openGguf(new MemorySource(bytes)));
    const [one, two] = await Promise.all(parts);
    if (one === undefined || two === undefined) throw new Error('two parts expected');
    const whole = await joinParts([one, two]);
    const ternary = whole.tensors.find(({ name }) => name === 'w');
    if (ternary === undefined) throw new Error('a tensor expected');
    expect(await whole.readTensorBytes(ternary)).toEqual(rows);
  });

  test('beyond 4 GiB', async () => {
    const columns = 2 ** 17;
    const rowCount = 2 ** 18;
    const header = handMade({ tensors: [tensor('w', [columns, rowCount], { formatId: id })], dataBytes: 0 });
    const codeBytes = (columns / 4) * rowCount;
    const endless: RandomAccessSource = {
      name: 'endless',
      byteLength: header.length + codeBytes + 32,
      async read(offset, into) {
        if (offset < header.length) into.set(header.subarray(offset, offset + into.length));
        else if (offset === header.length + codeBytes) into.set(SCALE);
        else into.fill((offset - header.length) / (columns / 4) / 1024);
      },
      async close() {
        // Nothing is open.
      },
    };
    const file = await openGguf(endless, { firstWindowBytes: header.length });
    const rowBytes = 4 + columns / 4;
    const read = new Uint8Array(2 * rowBytes);
    await file.readTensorRange(only(file), (200 * 1024 + 5) * rowBytes, read);
    const row = [...SCALE, ...new Array<number>(columns / 4).fill(200)];
    expect(Buffer.compare(read, Uint8Array.from([...row, ...row]))).toBe(0);
  });

  test('cut before the end of their padding, or without it, they are refused', async () => {
    const cut = fileBytes().slice(0, -33);
    await expect(openGguf(new MemorySource(cut))).rejects.toMatchObject({
      code: 'truncated',
      facts: { tensor: 'w' },
    });
    const early = [tensor('w', [COLUMNS, 6], { formatId: id }), tensor('norm', [8], { offset: CODE_BYTES })];
    const overlapping = handMade({ tensors: early, dataBytes: CODE_BYTES + 32 });
    await expect(openGguf(new MemorySource(overlapping))).rejects.toMatchObject({
      code: 'overlapping-tensors',
      facts: { tensor: 'norm' },
    });
  });

  test('rows of half a block are refused', async () => {
    const half = handMade({ tensors: [tensor('w', [64, 6], { formatId: id })] });
    await expect(openGguf(new MemorySource(half))).rejects.toMatchObject({
      code: 'invalid-dimensions',
      facts: { tensor: 'w', found: '64 × 6', allowed: expect.stringContaining('multiple of 128') as unknown },
    });
  });

  test('a header of them is written, and a file is not', async () => {
    const file = await openGguf(new MemorySource(fileBytes()));
    expect(encodeGgufHeader(file)).toEqual(fileBytes().slice(0, file.headerByteLength));
    const sink = new MemorySink();
    const refused = { code: 'unwritable-format', facts: { tensor: 'w', found: 'i2_s' } };
    await expect(GgufWriter.open(sink, file)).rejects.toMatchObject(refused);
    await expect(sink.write(new Uint8Array(1))).rejects.toMatchObject({ code: 'closed' });
    expect(() => GgufWriter.resume(new MemorySink(), file, 1)).toThrow(
      expect.objectContaining({ code: 'unwritable-format' }),
    );
  });
});
