import { readFileSync } from 'node:fs';
import { HalftoneError } from '@halftone/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importanceStatistics, meanSquares, readImportanceMatrix } from '../src/index';
import { int32, joined, legacyFile } from './legacy-file';
import { matrixOf } from './matrix';
import { written } from './written';

const golden = (name: string): Uint8Array => readFileSync(new URL(`goldens/${name}`, import.meta.url));
const smallDat = legacyFile(
  [
    { name: 'blk.0.attn_q.weight', calls: 3, values: [1, 2] },
    { name: 'blk.1.attn_q.weight', calls: 1, values: [0.5] },
  ],
  { chunks: 3, dataset: 'text.txt' },
);
const smallGguf = await written(
  matrixOf(
    [
      { name: 'blk.0.attn_q.weight', sums: [1, 2], counts: [3] },
      { name: 'blk.1.up_exps', sums: [1, 2, 0, 0], counts: [3, 0] },
    ],
    { chunkCount: 1, chunkSize: 4, datasets: ['a.txt', 'b.txt'] },
  ),
  'gguf',
);

/** Numbers that forged counts and lengths like to be. */
const forged = fc.constantFrom(
  0,
  1,
  -1,
  2,
  255,
  256,
  257,
  65536,
  0x7fffffff,
  -0x80000000,
  0x46554747,
  0x7fc00000,
);

/** One change to the bytes of a file. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), to: fc.nat(255) }),
  fc.record({ kind: fc.constant('int32' as const), at: fc.nat(), to: forged }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), to: fc.nat(64) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), to: forged }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(bytes: Uint8Array, { kind, at, to }: Mutation): Uint8Array {
  const offset = at % (bytes.length + 1);
  const replaced = { byte: 1, int32: 4, cut: to, insert: 0 }[kind];
  const inserted = { byte: Uint8Array.of(to), int32: int32(to), cut: new Uint8Array(0), insert: int32(to) }[
    kind
  ];
  return joined(bytes.subarray(0, offset), inserted, bytes.subarray(offset + replaced));
}

/** A correct read, or a typed error; anything else fails the test. */
async function readOrRefuse(bytes: Uint8Array): Promise<'read' | 'refused'> {
  try {
    const matrix = await readImportanceMatrix(bytes, 'mutated');
    for (const [name, entry] of matrix.entries) {
      expect(entry.name).toBe(name);
      expect(meanSquares(entry).every((value) => value >= 0 && value < Infinity)).toBe(true);
    }
    expect(importanceStatistics(matrix).tensors.length).toBeLessThanOrEqual(matrix.entries.size);
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(HalftoneError);
    return 'refused';
  }
}

describe('mutated files', () => {
  it.each([
    ['a small legacy file', smallDat, 4000],
    ['a file of llama-imatrix of ik_llama.cpp', golden('demo-10M-cut.imatrix.dat'), 300],
    ['a small GGUF file', smallGguf, 3000],
    ['a file of llama-imatrix of llama.cpp', golden('moe-15M-cut.imatrix.gguf'), 100],
  ])('%s is read or refused with a typed error', async (_, bytes, numRuns) => {
    const outcomes = { read: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        outcomes[await readOrRefuse(mutations.reduce(mutate, bytes))]++;
      }),
      { numRuns, seed: 20260815 },
    );
    expect(outcomes.read).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });

  it('random bytes are refused with a typed error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await readOrRefuse(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it('every prefix of a legacy file is refused, but for the one without a trailer', async () => {
    const read: number[] = [];
    for (const length of smallDat.keys())
      if ((await readOrRefuse(smallDat.subarray(0, length))) === 'read') read.push(length);
    expect(read).toEqual([smallDat.length - 4 - 4 - 'text.txt'.length]);
  });

  it('every prefix of a GGUF file that misses more than padding is refused', async () => {
    const padding = smallGguf.length - smallGguf.findLastIndex((byte) => byte !== 0) - 1;
    for (const length of smallGguf.keys())
      if (length < smallGguf.length - padding - 8)
        expect([length, await readOrRefuse(smallGguf.subarray(0, length))]).toEqual([length, 'refused']);
  });
});
