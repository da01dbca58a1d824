import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GgufError, MemorySource, openGguf, type GgufFile } from '../src/index';
import { rowsByteLength } from '../src/read/rows';
import { encodeHeader } from '../src/write/header';
import { golden, goldenNames } from './goldens';
import { entry, handMade, tensor, text, u32, u64 } from './hand-made';

/** Mutated headers per seed; with five seeds, 12,500 in all. */
const RUNS_PER_SEED = 2_500;

/** What reading one small file may take at the most, measured around it. */
const MAX_BYTES = 64 * 1024 * 1024;

const seeds: [string, Uint8Array][] = [
  ...goldenNames.map((name): [string, Uint8Array] => [name, golden(name)]),
  [
    'hand-made',
    handMade({
      metadata: [
        entry('general.alignment', 4, u32(32)),
        entry('tokens', 9, [...u32(8), ...u64(3), ...text('a'), ...text('bc'), ...text('')]),
        entry('flags', 9, [...u32(7), ...u64(2), 1, 0]),
      ],
      tensors: [
        tensor('a', [8]),
        tensor('b', [8, 1, 1, 1], { offset: 32 }),
        // i2_s
        tensor('c', [128, 2], { offset: 64, formatId: 36 }),
      ],
      dataBytes: 64 + 96,
    }),
  ],
];

/** Numbers that lengths, counts, ids and offsets go wrong with. */
const nastyNumbers = [
  0n,
  1n,
  2n,
  255n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 40n,
  2n ** 53n - 1n,
  2n ** 53n,
].concat([2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 32n, 2n ** 64n - 1n]);

type Mutation = (bytes: Uint8Array) => Uint8Array;

function set(bytes: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = bytes.slice();
  change(new DataView(copy.buffer));
  return copy;
}

/** Where 8 bytes look like a length or a count: a number below 2^16. */
function lengthFields(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.max(0, bytes.length - 8) }, (_, offset) => offset).filter(
    (offset) => view.getBigUint64(offset, true) < 0x1_0000n,
  );
}

/** Bytes changed, lengths blown up, the end cut off, pieces taken out or doubled. */
function mutation(seed: Uint8Array): fc.Arbitrary<Mutation> {
  const offset = fc.nat({ max: seed.length - 1 });
  const number = fc.oneof(fc.constantFrom(...nastyNumbers), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
  const within = (bytes: Uint8Array, at: number, size: number): boolean => at + size <= bytes.length;
  return fc.oneof(
    fc.tuple(offset, fc.nat({ max: 255 })).map<Mutation>(
      ([at, value]) =>
        (bytes) =>
          within(bytes, at, 1) ? set(bytes, (view) => view.setUint8(at, value)) : bytes,
    ),
    fc.tuple(fc.constantFrom(...lengthFields(seed)), number).map<Mutation>(
      ([at, value]) =>
        (bytes) =>
          within(bytes, at, 8) ? set(bytes, (view) => view.setBigUint64(at, value, true)) : bytes,
    ),
    fc.tuple(offset, number).map<Mutation>(
      ([at, value]) =>
        (bytes) =>
          within(bytes, at, 4)
            ? set(bytes, (view) => view.setUint32(at, Number(value & 0xffff_ffffn), true))
            : bytes,
    ),
    offset.map<Mutation>((at) => (bytes) => bytes.slice(0, at)),
    fc.tuple(offset, fc.nat({ max: 64 })).map<Mutation>(
      ([at, count]) =>
        (bytes) =>
          Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + count)]),
    ),
    fc.tuple(offset, fc.nat({ max: 64 })).map<Mutation>(
      ([at, count]) =>
        (bytes) =>
          Uint8Array.from([...bytes.subarray(0, at + count), ...bytes.subarray(at)]),
    ),
  );
}

/** Read everything that a header says, down to the last element of the last array. */
function visit(value: unknown): void {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) return;
  for (const element of value as Iterable<unknown>) visit(element);
}

/** A file that opened must say what its bytes say: they can be made again from it. */
async function checkRead(file: GgufFile, bytes: Uint8Array): Promise<void> {
  for (const { value } of file.metadata.values()) visit(value);
  const tensors = file.tensors.map((row) => ({ ...row, offsetInData: row.byteOffset - file.dataOffset }));
  expect(encodeHeader({ ...file, tensors, version: file.version, metadata: file.metadata })).toEqual(
    bytes.slice(0, file.headerByteLength),
  );
  for (const row of file.hasTensorData ? file.tensors : []) {
    expect(await file.readTensorBytes(row)).toHaveLength(rowsByteLength(row));
  }
}

function bytesInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Open the file; any error but a `GgufError` fails the test. */
async function openOrTypedError(bytes: Uint8Array): Promise<GgufFile | undefined> {
  try {
    return await openGguf(new MemorySource(bytes));
  } catch (error) {
    if (error instanceof GgufError) return undefined;
    throw error;
  }
}

describe('mutated headers: a typed error or a correct read', () => {
  test.each(seeds)('%s', async (_, seed) => {
    let opened = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation(seed), { minLength: 1, maxLength: 3 }), async (mutations) => {
        const bytes = mutations.reduce((changed, mutate) => mutate(changed), seed);
        const before = bytesInUse();
        const file = await openOrTypedError(bytes);
        expect(bytesInUse() - before).toBeLessThan(MAX_BYTES);
        if (file === undefined) return;
        opened++;
        await checkRead(file, bytes);
      }),
      { numRuns: RUNS_PER_SEED },
    );
    // Both outcomes must have been seen, or the mutations are too mild or too wild to say anything.
    expect(opened).toBeGreaterThan(RUNS_PER_SEED / 50);
    expect(opened).toBeLessThan(RUNS_PER_SEED);
  });
});
