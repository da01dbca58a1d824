import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IQ4_VALUES } from '../src/codebooks/iq4';
import { IQ6_VALUES } from '../src/codebooks/iq6';
import type { SearchDescription } from '../src/search/description';
import { EvenParity } from '../src/search/even-parity';
import { ScaleSearch } from '../src/search/index';
import { SMALLEST_F16, SMALLEST_F32, storeAsF16, storeAsF32 } from '../src/search/store';
import { roundToMultiplier } from '../src/search/super-scale';
import { midpoints, Thresholds } from '../src/search/thresholds';
import { Workspace } from '../src/search/workspace';
import { relativeWeightedSquareError } from './square-error';

const iq4 = Float32Array.from(IQ4_VALUES.subarray(0, 16));
const linear = Float32Array.from({ length: 64 }, (_, q) => q - 32);
const codebooks = { iq4, iq6: IQ6_VALUES.slice(0, 64), linear };

const blocksOf16: SearchDescription = {
  kind: 'scale',
  blockLength: 16,
  codebook: iq4,
  shifts: [0, 4],
  multipliers: { least: -32, greatest: 31, step: 1 },
  probes: [-127, 113],
  evenParity: false,
  growth: 1,
  store: storeAsF16,
  smallestSuperScale: SMALLEST_F16,
};

/** One description of each kind; not those of the formats, which the conformance suite tries. */
const descriptions: Record<string, SearchDescription> = {
  'blocks of 16 under one binary16': blocksOf16,
  'odd multipliers under one f32, words of even parity': {
    kind: 'scale',
    blockLength: 32,
    codebook: iq4,
    shifts: [0, 4],
    multipliers: { least: -127, greatest: 127, step: 2 },
    probes: [-127, 113],
    evenParity: true,
    growth: 1,
    store: storeAsF32(127 * 127),
    smallestSuperScale: SMALLEST_F32,
  },
  'a scale for each block': {
    kind: 'scale',
    blockLength: 32,
    codebook: linear,
    shifts: [0],
    multipliers: undefined,
    probes: [-32, 31],
    evenParity: false,
    growth: 1,
    store: storeAsF16,
    smallestSuperScale: SMALLEST_F16,
  },
};

/** A fixed stream of numbers in [0, 1). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Bell-shaped, as weights are. */
function bellRow(columns: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: columns }, () => random() + random() + random() + random() - 2);
}

/** A scale that rounding happens to move to a better place gains a little for once. */
const LUCK = 1.05;

function importanceRow(columns: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: columns }, () => random() ** 4 + 0.01);
}

/** Weights under one super scale: four blocks, or one. */
function runLength({ blockLength, multipliers }: SearchDescription): number {
  return multipliers === undefined ? blockLength : 4 * blockLength;
}

/** What a decoder makes of what the search found. */
function restore(search: ScaleSearch, { blockLength, codebook, shifts }: SearchDescription, length: number) {
  return Float32Array.from({ length }, (_, i) => {
    const block = Math.floor(i / blockLength);
    const value = (codebook[search.codes[i] ?? NaN] ?? NaN) + (shifts[search.variants[block] ?? NaN] ?? NaN);
    return search.superScale * (search.multipliers[block] ?? NaN) * value;
  });
}

function encodeAndRestore(description: SearchDescription, row: Float32Array, importance?: Float32Array) {
  const search = new ScaleSearch(description);
  search.encode(row, importance, 0, row.length);
  return restore(search, description, row.length);
}

/** Rounding without a search: the extreme of each block goes to the first value of the codebook. */
function roundNaively(description: SearchDescription, row: Float32Array): Float32Array {
  const { blockLength, codebook, multipliers, store } = description;
  const [lowest = NaN] = codebook;
  const scales: number[] = [];
  for (let start = 0; start < row.length; start += blockLength) {
    const block = row.subarray(start, start + blockLength);
    scales.push(block.reduce((extreme, x) => (Math.abs(x) > Math.abs(extreme) ? x : extreme), 0) / lowest);
  }
  const superScale = store(Math.max(...scales.map(Math.abs)) / (multipliers?.greatest ?? 1));
  const codes: number[] = [];
  return row.map((x, i) => {
    const free = scales[Math.floor(i / blockLength)] ?? NaN;
    const scale =
      multipliers === undefined
        ? store(free)
        : superScale * roundToMultiplier(multipliers)(free / superScale);
    const allowed = description.evenParity
      ? codebook.filter((_, code) => fitsWord(codes, i, code))
      : codebook;
    const value = nearestValue(allowed, x / scale);
    codes.push(codebook.indexOf(value));
    return scale * value;
  });
}

/** Whether `code` may follow: the last weight of a word (2k, 2k + 1, 2k + 16, 2k + 17) makes its parity even. */
function fitsWord(codes: readonly number[], i: number, code: number): boolean {
  if (i % 32 < 16 || i % 2 === 0) return true;
  return parityOf([code, ...[1, 16, 17].map((back) => codes[i - back] ?? NaN)]) === 0;
}

function parityOf(codes: readonly number[]): number {
  return codes.reduce((bits, code) => bits ^ code ^ (code >> 1) ^ (code >> 2) ^ (code >> 3), 0) & 1;
}

function nearestValue(codebook: Float32Array, target: number): number {
  return codebook.reduce((best, value) =>
    Math.abs(value - target) < Math.abs(best - target) ? value : best,
  );
}

describe('nearest code', () => {
  test.each(Object.entries(codebooks))('%s: as near as the best of a linear scan', (_name, codebook) => {
    const thresholds = new Thresholds(midpoints(codebook));
    const target = fc.oneof(fc.float({ min: -200, max: 200, noNaN: true }), fc.float({ noNaN: true }));
    fc.assert(
      fc.property(target, (x) => {
        const code = thresholds.count(x);
        const distance = Math.abs((codebook[code] ?? NaN) - Math.fround(x));
        const best = Math.abs(nearestValue(codebook, x) - x);
        expect(Number.isFinite(x) ? distance - best : 0).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(best)));
        expect(code).toBeLessThan(codebook.length);
      }),
      { numRuns: 1000 },
    );
  });

  test.each(Object.entries(codebooks))('%s: a threshold belongs to the upper code', (_name, codebook) => {
    const between = midpoints(codebook);
    const thresholds = new Thresholds(between);
    expect(Array.from(between, (threshold) => thresholds.count(threshold))).toEqual(
      Array.from(between, (_, code) => code + 1),
    );
  });
});

describe('words of even parity', () => {
  const value = fc.float({ min: -150, max: 150, noNaN: true });
  const important = fc.float({ min: Math.fround(0.01), max: 10, noNaN: true });
  const four = <T>(each: fc.Arbitrary<T>) => fc.tuple(each, each, each, each);

  function errorOf(codes: readonly number[], values: readonly number[], weights: readonly number[]): number {
    return codes.reduce(
      (sum, code, k) => sum + (weights[k] ?? NaN) * ((values[k] ?? NaN) - (iq4[code] ?? NaN)) ** 2,
      0,
    );
  }

  /** The least error over all 32768 words of even parity. */
  function exhaustive(values: readonly number[], weights: readonly number[]): number {
    let least = Infinity;
    for (let word = 0; word < 65536; word++) {
      const codes = [word & 15, (word >> 4) & 15, (word >> 8) & 15, word >> 12];
      if (parityOf(codes) === 0) least = Math.min(least, errorOf(codes, values, weights));
    }
    return least;
  }

  test('no allowed word is better than the one chosen', () => {
    const evenParity = new EvenParity(iq4);
    const work = new Workspace();
    work.reserve(32, 32, 1);
    const places = [0, 16, 1, 17];
    fc.assert(
      fc.property(four(value), four(important), (values, weights) => {
        places.forEach((place, k) => {
          work.values[place] = values[k] ?? NaN;
          work.errorWeights[place] = weights[k] ?? NaN;
        });
        evenParity.code(work, 0, 32, 1, 0);
        const codes = places.map((place) => work.codes[place] ?? NaN);
        expect(parityOf(codes)).toBe(0);
        expect(errorOf(codes, values, weights)).toBeLessThanOrEqual(
          exhaustive(values, weights) * (1 + 1e-5) + 1e-5,
        );
      }),
      { numRuns: 60 },
    );
  });
});

test.each([
  { least: -32, greatest: 31, step: 1 },
  { least: -128, greatest: 127, step: 1 },
  { least: -127, greatest: 127, step: 2 },
] as const)('the nearest multiplier from $least to $greatest in steps of $step', (multipliers) => {
  const { least, greatest, step } = multipliers;
  const allowed = Float32Array.from({ length: (greatest - least) / step + 1 }, (_, k) => least + step * k);
  fc.assert(
    fc.property(fc.float({ min: -300, max: 300, noNaN: true }), (target) => {
      const multiplier = roundToMultiplier(multipliers)(target);
      expect(allowed).toContain(multiplier);
      expect(Math.abs(multiplier - target)).toBeLessThanOrEqual(
        Math.abs(nearestValue(allowed, target) - target) + 1e-4,
      );
    }),
  );
});

describe.each(Object.entries(descriptions))('search: %s', (_name, description) => {
  const columns = runLength(description);
  const seeds = fc.integer({ min: 1, max: 2 ** 31 });

  test('the error is not above that of rounding without a search', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const row = bellRow(columns, seed);
        expect(
          relativeWeightedSquareError(row, encodeAndRestore(description, row), undefined),
        ).toBeLessThanOrEqual(
          LUCK * relativeWeightedSquareError(row, roundNaively(description, row), undefined),
        );
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

  test('powers of two on weights and on importance change nothing but the super scale', () => {
    // Upwards, where a binary16 is not subnormal.
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

  test('columns of no importance are encoded among themselves', () => {
    const row = bellRow(columns, 5);
    const zeros = new Float32Array(columns);
    expect(encodeAndRestore(description, row, zeros)).toEqual(encodeAndRestore(description, row));
    const importance = Float32Array.from({ length: columns }, (_, i) => (i < columns / 2 ? 0 : 1));
    const ours = encodeAndRestore(description, row, importance);
    const half = columns / 2;
    expect(
      relativeWeightedSquareError(row.subarray(0, half), ours.subarray(0, half), undefined),
    ).toBeLessThan(0.05);
  });

  test('a longer run before leaves no trace', () => {
    const search = new ScaleSearch(description);
    const row = bellRow(columns, 9);
    search.encode(
      bellRow(4 * columns, 8),
      undefined,
      0,
      description.multipliers === undefined ? columns : 4 * columns,
    );
    search.encode(row, undefined, 0, columns);
    expect(restore(search, description, columns)).toEqual(encodeAndRestore(description, row));
  });
});

test('weights so small that few binary16 are left for their super scale are encoded under one of these', () => {
  const description: SearchDescription = {
    ...blocksOf16,
    codebook: linear,
    shifts: [0],
    multipliers: { least: -128, greatest: 127, step: 1 },
    probes: [-32, 31],
  };
  const row = bellRow(64, 3).map((x) => 1e-4 * x);
  // Rounded, the super scale that uses all multipliers would be zero.
  expect(storeAsF16(1e-4 / 32 / 128)).toBe(0);
  expect(relativeWeightedSquareError(row, encodeAndRestore(description, row), undefined)).toBeLessThan(0.001);
});

test('a block of zeros leaves its neighbours alone', () => {
  const description: SearchDescription = {
    ...blocksOf16,
    codebook: linear,
    shifts: [0],
    multipliers: { least: -128, greatest: 127, step: 1 },
    probes: [-32, 31],
  };
  const row = bellRow(64, 3).fill(0, 16, 32);
  const restored = encodeAndRestore(description, row);
  expect(restored.subarray(16, 32).every((x) => x === 0)).toBe(true);
  expect(relativeWeightedSquareError(row, restored, undefined)).toBeLessThan(0.001);
});

test('all scales of a small run, tried one by one, are hardly better', () => {
  const { codebook, shifts } = blocksOf16;
  const multipliers = { least: -8, greatest: 7, step: 1 } as const;
  const probes = [-132, -126, -122, -106, -90, 92, 112, 120];
  /** The least error of a block over all its multipliers and shifts. */
  const leastError = (block: Float32Array, superScale: number): number => {
    let least = block.reduce((sum, x) => sum + x * x, 0);
    for (let multiplier = -8; multiplier <= 7; multiplier++) {
      for (const shift of multiplier === 0 ? [] : shifts) {
        const scale = superScale * multiplier;
        const error = block.reduce(
          (sum, x) => sum + (x - scale * (nearestValue(codebook, x / scale - shift) + shift)) ** 2,
          0,
        );
        least = Math.min(least, error);
      }
    }
    return least;
  };
  let ours = 0;
  let best = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const row = bellRow(32, seed);
    const restored = encodeAndRestore({ ...blocksOf16, multipliers, probes }, row);
    ours += row.reduce((sum, x, i) => sum + (x - (restored[i] ?? NaN)) ** 2, 0);
    const largest = Math.max(...row.map(Math.abs));
    let least = Infinity;
    for (let step = 0; step < 150; step++) {
      const superScale = (largest / 127 / 10) * 1.012 ** step;
      least = Math.min(
        least,
        leastError(row.subarray(0, 16), superScale) + leastError(row.subarray(16), superScale),
      );
    }
    best += least;
  }
  expect(ours / best).toBeLessThan(1.1);
});
