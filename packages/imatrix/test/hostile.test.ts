import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImatrixError, readImatrix } from '../src/index';
import { int32, joined, legacyFile } from './legacy-file';

const golden = readFileSync(new URL('goldens/demo-10M-cut.imatrix.dat', import.meta.url));
const small = legacyFile(
  [
    { name: 'blk.0.attn_q.weight', calls: 3, values: [1, 2] },
    { name: 'blk.1.attn_q.weight', calls: 1, values: [0.5] },
  ],
  { chunks: 3, dataset: 'text.txt' },
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

/** A correct read, or an `ImatrixError`; anything else fails the test. */
function readOrRefuse(bytes: Uint8Array): 'read' | 'refused' {
  try {
    const { entries } = readImatrix(bytes, 'mutated');
    for (const [name, entry] of entries) {
      expect(entry.name).toBe(name);
      expect(entry.meanSquares.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    }
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(ImatrixError);
    if (error instanceof ImatrixError) expect(error.facts.advice).toBeTruthy();
    return 'refused';
  }
}

describe('mutated files', () => {
  it.each([
    ['a small file', small, 4000],
    ['a file of llama-imatrix', golden, 300],
  ])('%s is read or refused with a typed error', (_, bytes, numRuns) => {
    const outcomes = { read: 0, refused: 0 };
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        outcomes[readOrRefuse(mutations.reduce(mutate, bytes))]++;
      }),
      { numRuns, seed: 20260815 },
    );
    expect(outcomes.read).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });

  it('random bytes are refused with a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readOrRefuse(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it('every prefix of a file is refused, but for the one without a trailer', () => {
    const lengths = Array.from(small.keys());
    const read = lengths.filter((length) => readOrRefuse(small.subarray(0, length)) === 'read');
    expect(read).toEqual([small.length - 4 - 4 - 'text.txt'.length]);
  });
});

describe('correct files', () => {
  it('come back as they were written', () => {
    const entry = fc.record({
      name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      calls: fc.nat(0x7fffffff),
      values: fc.array(fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }), {
        minLength: 1,
        maxLength: 9,
      }),
    });
    const entries = fc.uniqueArray(entry, { minLength: 1, maxLength: 5, selector: ({ name }) => name });
    fc.assert(
      fc.property(entries, fc.nat(), fc.string(), (stored, chunks, dataset) => {
        const matrix = readImatrix(legacyFile(stored, { chunks, dataset }), 'x');
        expect([matrix.chunkCount, matrix.dataset]).toEqual([chunks, dataset]);
        expect([...matrix.entries.values()]).toEqual(
          stored.map(({ name, calls, values }) => ({
            name,
            callCount: calls,
            meanSquares: Float32Array.from(values, (value) => value / Math.max(calls, 1)),
          })),
        );
      }),
    );
  });
});
