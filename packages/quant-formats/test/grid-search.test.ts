import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IQ1_GRID, IQ2_XXS_GRID, IQ3_S_GRID, type Grid } from '../src/codebooks/grids';
import type { GridDescription } from '../src/search/description';
import { GridCoder } from '../src/search/grid';
import { midpoints, Thresholds } from '../src/search/thresholds';
import { Workspace } from '../src/search/workspace';

const DELTA = 1 / 8;

/** A grid with signs, one without, and one with moves. */
const cases: [string, Grid, Pick<GridDescription, 'signs' | 'moves'>][] = [
  ['iq2_xxs', IQ2_XXS_GRID, { signs: 'even' }],
  ['iq3_s', IQ3_S_GRID, { signs: 'any' }],
  ['iq1_m', IQ1_GRID, { signs: 'none', moves: [DELTA, -DELTA] }],
];

/** The eight weights that the coder makes of `values` at a scale of 1, and their signs. */
function code(
  grid: Grid,
  rest: Pick<GridDescription, 'signs' | 'moves'>,
  values: readonly number[],
  weights: readonly number[],
) {
  const levels = Float32Array.from(grid.levels);
  const { dimensions, points } = grid;
  const coder = new GridCoder({ dimensions, points, ...rest }, levels, new Thresholds(midpoints(levels)));
  const work = new Workspace();
  work.reserve(32, 32, 1);
  values.forEach((value, i) => {
    work.values[i] = value;
    work.errorWeights[i] = weights[i] ?? NaN;
    work.weightedValues[i] = value * (weights[i] ?? NaN);
  });
  coder.code(work, 0, 8, 1, 0);
  return work;
}

function errorOf(chosen: ArrayLike<number>, values: readonly number[], weights: readonly number[]): number {
  return values.reduce((sum, value, i) => sum + (weights[i] ?? NaN) * (value - (chosen[i] ?? NaN)) ** 2, 0);
}

/** The least error over all points and moves for a group of targets. */
function leastError(
  { dimensions, points }: Grid,
  moves: readonly number[],
  targets: readonly number[],
  weights: readonly number[],
) {
  let least = Infinity;
  for (let point = 0; point * dimensions < points.length; point++) {
    for (const move of moves) {
      const values = Array.from(
        points.subarray(point * dimensions, (point + 1) * dimensions),
        (value) => value + move,
      );
      least = Math.min(least, errorOf(values, targets, weights));
    }
  }
  return least;
}

describe.each(cases)('points of %s', (_name, grid, rest) => {
  const largest = grid.levels.at(-1) ?? NaN;
  const value = fc.float({ min: Math.fround(-1.3 * largest), max: Math.fround(1.3 * largest), noNaN: true });
  const weight = fc.float({ min: Math.fround(0.5), max: 2, noNaN: true });
  const eight = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: 8, maxLength: 8 });

  test('are hardly worse than the best of all', () => {
    let found = 0;
    let best = 0;
    fc.assert(
      fc.property(eight(value), eight(weight), (values, weights) => {
        const work = code(grid, rest, values, weights);
        const minus = work.signs[0] ?? NaN;
        const targets = values.map((x, i) => ((minus >> i) & 1 ? -x : x));
        found += errorOf(work.chosen, values, weights);
        for (let first = 0; first < 8; first += grid.dimensions) {
          const end = first + grid.dimensions;
          best += leastError(grid, rest.moves ?? [0], targets.slice(first, end), weights.slice(first, end));
        }
      }),
      { numRuns: 100, seed: 1 },
    );
    expect(found).toBeGreaterThanOrEqual(best * (1 - 1e-5));
    expect(found).toBeLessThan(1.03 * best);
  });

  test('have the signs of the weights, or all but one where their number must be even', () => {
    fc.assert(
      fc.property(eight(value), eight(weight), (values, weights) => {
        const minus = code(grid, rest, values, weights).signs[0] ?? NaN;
        const wanted = values.reduce((bits, x, i) => (x < 0 ? bits | (1 << i) : bits), 0);
        const count = (bits: number) => bits.toString(2).replaceAll('0', '').length;
        if (rest.signs === 'none') expect(minus).toBe(0);
        if (rest.signs === 'any') expect(minus).toBe(wanted);
        if (rest.signs === 'even')
          expect([count(minus) % 2, count(minus ^ wanted)]).toEqual([0, count(wanted) % 2]);
      }),
    );
  });
});
