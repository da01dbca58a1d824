import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AffineDescription } from '../src/search/affine/description';
import { affineGain, fitAffine, type AffineSums } from '../src/search/affine/fit';
import { AffineSearch } from '../src/search/affine/index';
import { relativeWeightedSquareError } from './square-error';

const places = [
  [-0.3, 15.3],
  [0.3, 15.3],
  [0, 15],
  [0, 14.4],
] as const;

/** One description of each kind; not those of the formats, which the conformance suite tries. */
const descriptions: Record<string, AffineDescription> = {
  'multipliers under two binary16': {
    kind: 'affine',
    blockLength: 32,
    greatestCode: 15,
    greatestMultiplier: 63,
    growth: 1,
    probes: places,
  },
  'a scale and a minimum for each block': {
    kind: 'affine',
    blockLength: 32,
    greatestCode: 15,
    greatestMultiplier: undefined,
    growth: 1,
    probes: places,
  },
};

/** A scale that rounding happens to move to a better place gains a little for once. */
const LUCK = 1.05;

/** A fixed stream of numbers in [0, 1). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Bell-shaped around `mean`. */
function bellRow(columns: number, seed: number, mean = 0): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: columns }, () => random() + random() + random() + random() - 2 + mean);
}

function importanceRow(columns: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: columns }, () => random() ** 4 + 0.01);
}

function encodeAndRestore(description: AffineDescription, row: Float32Array, importance?: Float32Array) {
  const search = new AffineSearch(description);
  search.encode(row, importance, 0, row.length);
  return row.map((_, i) => {
    const block = Math.floor(i / description.blockLength);
    const scale = search.superScale * (search.scaleMultipliers[block] ?? NaN);
    return scale * (search.codes[i] ?? NaN) - search.superMinimum * (search.minimumMultipliers[block] ?? NaN);
  });
}

/** Rounding without a search: each block from its least weight, or zero, to its greatest in equal steps that no format rounds. */
function roundNaively({ blockLength, greatestCode }: AffineDescription, row: Float32Array): Float32Array {
  return row.map((x, i) => {
    const start = i - (i % blockLength);
    const block = row.subarray(start, start + blockLength);
    const least = Math.min(...block, 0);
    const step = (Math.max(...block) - least) / greatestCode;
    return least + step * Math.round((x - least) / step);
  });
}

describe.each(Object.entries(descriptions))('affine search: %s', (_name, description) => {
  const columns = description.greatestMultiplier === undefined ? 32 : 128;
  const seeds = fc.integer({ min: 1, max: 2 ** 31 });

  test('the error is not above that of rounding without a search', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const row = bellRow(columns, seed);
        const ours = relativeWeightedSquareError(row, encodeAndRestore(description, row), undefined);
        const naive = relativeWeightedSquareError(row, roundNaively(description, row), undefined);
        expect(ours).toBeLessThanOrEqual(LUCK * naive);
      }),
    );
  });

  test('importance lowers the error of what is important', () => {
    let plain = 0;
    let weighted = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const row = bellRow(columns, seed);
      const importance = importanceRow(columns, 1000 + seed);
      plain += relativeWeightedSquareError(row, encodeAndRestore(description, row), importance);
      weighted += relativeWeightedSquareError(
        row,
        encodeAndRestore(description, row, importance),
        importance,
      );
    }
    expect(weighted).toBeLessThan(0.97 * plain);
  });

  test('powers of two on weights and on importance change nothing but the super numbers', () => {
    const factor = fc.integer({ min: 0, max: 12 }).map((exponent) => 2 ** exponent);
    fc.assert(
      fc.property(seeds, factor, fc.integer({ min: -40, max: 40 }), (seed, ofWeights, ofImportance) => {
        const row = bellRow(columns, seed);
        const importance = importanceRow(columns, seed + 1);
        const scaled = encodeAndRestore(
          description,
          row.map((x) => x * ofWeights),
          importance.map((w) => w * 2 ** ofImportance),
        );
        expect(scaled).toEqual(encodeAndRestore(description, row, importance).map((x) => x * ofWeights));
      }),
    );
  });

  test.each([-1, 1])('weights of one sign, around %d', (mean) => {
    const row = bellRow(columns, 3, 3 * mean);
    expect(relativeWeightedSquareError(row, encodeAndRestore(description, row), undefined)).toBeLessThan(
      0.003,
    );
  });

  test('a longer run before leaves no trace', () => {
    const search = new AffineSearch(description);
    const row = bellRow(columns, 9);
    search.encode(bellRow(4 * columns, 8), undefined, 0, columns);
    search.encode(row, undefined, 0, columns);
    const once = new AffineSearch(description);
    once.encode(row, undefined, 0, columns);
    expect([search.superScale, search.superMinimum]).toEqual([once.superScale, once.superMinimum]);
    expect(search.codes.subarray(0, columns)).toEqual(once.codes.subarray(0, columns));
  });
});

describe('the best scale and minimum for some codes', () => {
  const entry = fc.record({
    x: fc.integer({ min: -100, max: 100 }),
    c: fc.integer({ min: 0, max: 15 }),
    w: fc.integer({ min: 1, max: 9 }),
  });
  const entries = fc.array(entry, { minLength: 2, maxLength: 32 });

  function sumsOf(list: readonly { x: number; c: number; w: number }[]): AffineSums {
    const sum = (term: (each: { x: number; c: number; w: number }) => number) =>
      list.reduce((total, each) => total + term(each), 0);
    return {
      codeCode: sum(({ w, c }) => w * c * c),
      code: sum(({ w, c }) => w * c),
      weight: sum(({ w }) => w),
      weightCode: sum(({ w, x, c }) => w * x * c),
      value: sum(({ w, x }) => w * x),
    };
  }

  test('the gain is what the square error falls by', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: -9, max: 9 }), fc.nat(99), (list, scale, minimum) => {
        const energy = list.reduce((sum, { w, x }) => sum + w * x * x, 0);
        const error = list.reduce((sum, { w, x, c }) => sum + w * (x - scale * c + minimum) ** 2, 0);
        expect(affineGain(sumsOf(list), scale, minimum)).toBeCloseTo(energy - error, 0);
      }),
    );
  });

  test.each([true, false])('nothing beside it gains more (minimum of any sign: %s)', (anySign) => {
    fc.assert(
      fc.property(entries, (list) => {
        const sums = sumsOf(list);
        const { scale, minimum } = fitAffine(sums, anySign);
        const best = affineGain(sums, scale, minimum);
        for (const [ofScale, ofMinimum] of [
          [0.1, 0],
          [-0.1, 0],
          [0, 0.1],
          [0, -0.1],
        ] as const) {
          const beside = minimum + ofMinimum;
          if (!anySign && beside < 0) continue;
          expect(affineGain(sums, scale + ofScale, beside)).toBeLessThanOrEqual(
            best + 1e-3 * Math.abs(best) + 1,
          );
        }
      }),
    );
  });
});
