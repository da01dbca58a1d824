import { describe, expect, test } from 'vitest';
import { restoreTrellis } from '../src/packing/trellis';
import { formatNames } from '../src/registry';
import { formats, type FormatName } from '../src/registry.generated';
import type { TrellisDescription } from '../src/search/description';
import { TrellisCoder } from '../src/search/trellis';
import { Workspace } from '../src/search/workspace';

interface Case {
  readonly name: FormatName;
  readonly trellis: TrellisDescription;
}

const cases: Case[] = formatNames.flatMap((name) => {
  const { search } = formats[name];
  return search?.kind !== 'scale' || search.trellis === undefined ? [] : [{ name, trellis: search.trellis }];
});

/** Bell-shaped numbers, the same each time. */
function noise(length: number, scale: number): Float32Array {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length }, () => scale * (random() + random() + random() + random() - 2));
}

/** Code groups of weights at a scale of 1. */
function code(coder: TrellisCoder, values: Float32Array, errorWeights: Float32Array): Workspace {
  const work = new Workspace();
  work.reserve(values.length, 32, 1);
  work.values.set(values);
  work.errorWeights.set(errorWeights);
  coder.code(work, 0, values.length, 1, 0);
  return work;
}

function errorOf(chosen: Float32Array, values: Float32Array, weights: Float32Array): number {
  return values.reduce((sum, value, i) => sum + (weights[i] ?? NaN) * (value - (chosen[i] ?? NaN)) ** 2, 0);
}

/** What follows from every state: one point after the other. */
function allPoints({ dimensions, states, firstState, magnitudes }: TrellisDescription): Float32Array {
  const points = new Float32Array(states * dimensions);
  for (let state = 0; state < states; state++) {
    restoreTrellis(firstState + state, 1, points, state * dimensions, dimensions);
  }
  return magnitudes ? points.map(Math.abs) : points;
}

describe.each(cases)('$name', (each) => {
  const { dimensions, states, magnitudes, firstState } = each.trellis;
  const values = noise(32 * dimensions, 60);
  const weights = noise(values.length, 1).map((value) => value ** 2 + 0.01);
  const coder = new TrellisCoder(each.trellis);
  const work = code(coder, values, weights);
  const chosen = work.chosen.subarray(0, values.length);

  test('the values are those that follow from the state, with the signs that stand beside it', () => {
    const numbers = new Float32Array(dimensions);
    for (let place = 0; place < values.length; place += dimensions) {
      restoreTrellis(firstState + (work.points[place] ?? NaN), 1, numbers, 0, dimensions);
      numbers.forEach((number, j) => {
        const isMinus = (((work.signs[place >> 3] ?? 0) >> j) & 1) === 1;
        const expected = magnitudes ? Math.abs(number) * (isMinus ? -1 : 1) : number;
        expect(chosen[place + j]).toBe(expected);
      });
    }
  });

  test('the error is not far above that of the best of all states', () => {
    const points = allPoints(each.trellis);
    let least = 0;
    for (let place = 0; place < values.length; place += dimensions) {
      const group = values.slice(place, place + dimensions);
      const wanted = magnitudes ? group.map(Math.abs) : group;
      const groupWeights = weights.subarray(place, place + dimensions);
      let best = Infinity;
      for (let state = 0; state < states; state++) {
        const point = points.subarray(state * dimensions, (state + 1) * dimensions);
        best = Math.min(best, errorOf(point, wanted, groupWeights));
      }
      least += best;
    }
    const ratio = errorOf(chosen, values, weights) / least;
    expect(ratio).toBeGreaterThan(0.9999);
    expect(ratio).toBeLessThan(1.35);
  });

  test('codes that are only tried are as good, or hardly worse where they are looked for less far', () => {
    const trial = code(new TrellisCoder(each.trellis, coder), values, weights).chosen.subarray(
      0,
      values.length,
    );
    const ratio = errorOf(trial, values, weights) / errorOf(chosen, values, weights);
    if (each.trellis.hasNearTrials) expect(ratio).toBeGreaterThan(1);
    else expect(ratio).toBe(1);
    expect(ratio).toBeLessThan(1.05);
  });
});
