import { openDevice } from '@halftone/tensor-kernels';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadModel, normalized, Pooler, poolings, type Pooling } from '../src/index';
import { openSession, openTiny } from './open-tiny';
import { plainLogits } from './plain-model';
import { count, tinyFile, tinyMetadata, tinyShape, tinyTensors } from './tiny-model';

/** States are of size 1; the runtime holds activations in 32-bit floats. */
const TOLERANCE = 2e-5;

const tokens = Array.from({ length: 11 }, (_, place) => (place * place * 7 + 3 * place) % 40);
const shape = tinyShape({ architecture: 'llama' });

/** What goes into the matrix of the output, by the plain formulas: (tokens, embedding). */
function plainStates(): readonly (readonly number[])[] {
  const states: (readonly number[])[] = [];
  plainLogits(shape, tinyTensors(shape), tokens, {}, (name, input) => {
    if (name === 'output.weight') states.push(input);
  });
  return states;
}

function expectClose(found: ArrayLike<number> | undefined, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, index) =>
    expect(Math.abs((found?.[index] ?? NaN) - value)).toBeLessThan(TOLERANCE),
  );
}

describe('states', () => {
  test('are what logits are made from, of every token that is asked for', async () => {
    const session = openSession(await openTiny(shape));
    const [all = []] = await session.states([{ sequence: session.createSequence(), tokens, logits: 'all' }]);
    const expected = plainStates();
    expect(all).toHaveLength(tokens.length);
    all.forEach((state, place) => expectClose(state, expected[place] ?? []));
    const sequence = session.createSequence();
    const [[last] = []] = await session.states([{ sequence, tokens }]);
    expect(last).toEqual(all.at(-1));
    // The same sequence goes on to be read for its logits.
    expect((await session.step([{ sequence, tokens: [3] }]))[0]?.[0]).toHaveLength(40);
  });
});

describe('pooling', () => {
  const mean = (rows: readonly (readonly number[])[]): number[] =>
    (rows[0] ?? []).map((_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows.length);
  const expected: Readonly<Record<Pooling, readonly (readonly number[])[]>> = {
    none: plainStates(),
    mean: [mean(plainStates())],
    cls: plainStates().slice(0, 1),
    last: plainStates().slice(-1),
  };

  test.each(poolings)('%s: whatever pieces the text is read in', async (pooling) => {
    const session = openSession(await openTiny(shape));
    for (const piece of [1, 3, tokens.length]) {
      const sequence = session.createSequence();
      const pooler = new Pooler(pooling, tokens.length);
      for (let start = 0; start < tokens.length; start += piece) {
        const part = tokens.slice(start, start + piece);
        const logits = pooler.wanted(part.length);
        const [states = []] = await session.states([{ sequence, tokens: part, logits }]);
        pooler.push(part.length, states);
      }
      sequence.close();
      const vectors = pooler.vectors();
      expect(vectors).toHaveLength(expected[pooling].length);
      vectors.forEach((vector, index) => expectClose(vector, expected[pooling][index] ?? []));
    }
  });

  test.each([
    [1, 'mean'],
    [3, 'last'],
    [4, undefined],
    [undefined, undefined],
  ])('of a file whose metadata say %s is %s', async (type, pooling) => {
    const metadata = tinyMetadata(shape, type === undefined ? {} : { pooling_type: count(type) });
    const device = await openDevice('reference');
    const model = await loadModel(await tinyFile(metadata, tinyTensors(shape)), { device });
    onTestFinished(async () => {
      model.close();
      await device.close();
    });
    expect(model.hyperparameters.pooling).toBe(pooling);
  });

  test('a normalised vector has the length 1 and its direction', () => {
    expect(normalized(Float32Array.of(3, 0, -4))).toEqual(Float32Array.of(0.6, 0, -0.8));
    expect(normalized(new Float32Array(2))).toEqual(new Float32Array(2));
  });
});
