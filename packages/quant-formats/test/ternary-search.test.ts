import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tritAt, tritsByte } from '../src/packing/trits';
import { ternaryDigit, TernarySearch } from '../src/search/ternary';
import { weightedSquareError } from './square-error';

const weight = fc.integer({ min: -1000, max: 1000 }).map((x) => x / 100);
const positive = fc.integer({ min: 1, max: 1000 }).map((x) => x / 100);

/** Each weight as the nearest of -scale, 0 and scale. */
function restore(row: Float32Array, scale: number): Float32Array {
  return row.map((x) => scale * (ternaryDigit(x, scale) - 1));
}

describe('the scale of weights of three values', () => {
  test('no other scale has a smaller error', () => {
    const rows = fc.tuple(
      fc.array(fc.tuple(weight, positive), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(rows, ([entries, isWeighted]) => {
        const row = Float32Array.from(entries, ([x]) => x);
        const importance = isWeighted ? Float32Array.from(entries, ([, w]) => w) : undefined;
        const scale = new TernarySearch().scaleOf(row, importance, 0, row.length);
        const ours = weightedSquareError(row, restore(row, scale), importance);
        for (let step = 0; step <= 200; step++) {
          const other = weightedSquareError(row, restore(row, step / 20), importance);
          expect(ours).toBeLessThanOrEqual(other * (1 + 1e-5) + 1e-6);
        }
      }),
    );
  });

  test('a row of three values has theirs, and a part of a row its own', () => {
    const row = Float32Array.of(9, -9, 0, 0.75, -0.75, 0, 0);
    expect(new TernarySearch().scaleOf(row, undefined, 2, 5)).toBe(0.75);
  });

  test('zeros have none', () => {
    expect(new TernarySearch().scaleOf(new Float32Array(4), undefined, 0, 4)).toBe(0);
    expect(ternaryDigit(0, 0)).toBe(1);
  });
});

test('five digits of base 3 come back from their byte, and every byte has five', () => {
  const digits = (byte: number): number[] => [0, 1, 2, 3, 4].map((place) => tritAt(byte, place));
  const numbers = Array.from({ length: 243 }, (_, number) => number);
  expect(numbers.map((number) => parseInt(digits(tritsByte(number)).join(''), 3))).toEqual(numbers);
  for (let byte = 0; byte < 256; byte++) expect(Math.max(...digits(byte))).toBeLessThanOrEqual(2);
});
