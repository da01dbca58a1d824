import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sequence, Session } from '../src/index';
import { logitsOf, openSession, openTiny } from './open-tiny';
import { count, real, tinyShape } from './tiny-model';

async function read(session: Session, sequence: Sequence, tokens: readonly number[]): Promise<Float32Array> {
  const [[logits] = []] = await session.step([{ sequence, tokens }]);
  return logits ?? new Float32Array();
}

describe('sequences', () => {
  test('a text in pieces gives what it gives as a whole', async () => {
    const model = await openTiny();
    const session = openSession(model);
    const sequence = session.createSequence();
    await read(session, sequence, [1, 2, 3]);
    expect(await read(session, sequence, [4, 5, 6, 7, 8, 9])).toEqual(
      await logitsOf(model, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    );
    expect(sequence.length).toBe(9);
    expect(session.freeCells).toBe(55);
  });

  test('what was rewound is as if it had never been read', async () => {
    const model = await openTiny();
    const session = openSession(model);
    const sequence = session.createSequence();
    await read(session, sequence, [1, 2, 3, 4, 5, 6]);
    sequence.rewind(2);
    expect(await read(session, sequence, [9, 8])).toEqual(await logitsOf(model, [1, 2, 9, 8]));
  });

  test('a copy goes its own way, and shares what it has in common', async () => {
    const model = await openTiny();
    const session = openSession(model);
    const first = session.createSequence();
    await read(session, first, [1, 2, 3]);
    const second = first.copy();
    expect(session.freeCells).toBe(61);
    expect(await read(session, second, [4])).toEqual(await logitsOf(model, [1, 2, 3, 4]));
    expect(await read(session, first, [5])).toEqual(await logitsOf(model, [1, 2, 3, 5]));
    first.close();
    expect(session.freeCells).toBe(60);
    expect(await read(session, second, [6])).toEqual(await logitsOf(model, [1, 2, 3, 4, 6]));
    second.close();
    expect(session.freeCells).toBe(64);
  });

  test('what was saved goes on in another session, whatever cells it had', async () => {
    const model = await openTiny();
    const first = openSession(model);
    const [other, sequence] = [first.createSequence(), first.createSequence()];
    await read(first, other, [7, 7]);
    await read(first, sequence, [1, 2, 3]);
    await read(first, other, [7]);
    await read(first, sequence, [4, 5]);
    const saved = await sequence.save();
    const second = openSession(model);
    const restored = await second.restore(saved);
    expect(restored.length).toBe(5);
    expect(second.freeCells).toBe(59);
    expect(await read(second, restored, [6])).toEqual(await read(first, sequence, [6]));
    await expect(second.restore({ ...saved, bytes: saved.bytes.subarray(1) })).rejects.toThrow(
      /saved sequence/,
    );
    await expect(second.restore({ ...saved, positions: Int32Array.of(0, 1, 1, 2, 3) })).rejects.toThrow(
      /saved sequence/,
    );
    expect(second.freeCells).toBe(58);
  });

  test('any sequence of appends, rewinds and copies gives the logits of its tokens', async () => {
    const model = await openTiny(tinyShape({ architecture: 'qwen3', pairing: 'halves', headNorms: true }));
    const action = fc.oneof(
      fc.record({
        kind: fc.constant('append'),
        at: fc.nat(9),
        tokens: fc.array(fc.nat(39), { minLength: 1, maxLength: 6 }),
      }),
      fc.record({ kind: fc.constant('rewind'), at: fc.nat(9), length: fc.nat(8) }),
      fc.record({ kind: fc.constant('copy'), at: fc.nat(9) }),
      fc.record({ kind: fc.constant('close'), at: fc.nat(9) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
        const session = openSession(model);
        const held = [{ sequence: session.createSequence(), tokens: [] as number[] }];
        for (const one of actions) {
          const place = one.at % held.length;
          const target = held[place];
          if (target === undefined) continue;
          if ('tokens' in one && session.freeCells >= one.tokens.length) {
            target.tokens.push(...one.tokens);
            expect(await read(session, target.sequence, one.tokens)).toEqual(
              await logitsOf(model, target.tokens),
            );
          } else if ('length' in one) {
            const length = Math.min(one.length, target.tokens.length);
            target.sequence.rewind(length);
            target.tokens.length = length;
          } else if (one.kind === 'copy') {
            held.push({ sequence: target.sequence.copy(), tokens: [...target.tokens] });
          } else if (one.kind === 'close' && held.length > 1) {
            target.sequence.close();
            held.splice(place, 1);
          }
        }
        for (const { sequence } of held) sequence.close();
        expect(session.freeCells).toBe(64);
        await session.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('moved positions', () => {
  // With one layer keys depend on nothing but their token and its position, so moving them must give what reading anew gives.
  const oneLayer = tinyShape({ architecture: 'mistral3', layers: 1, keyLength: 16, ropeBase: 50 });
  const yarn = {
    'rope.scaling.type': { type: 'string', value: 'yarn' },
    'rope.scaling.factor': real(4),
    'rope.scaling.original_context_length': count(8),
    'attention.temperature_scale': real(0.5),
  } as const;

  function expectNear(found: Float32Array, expected: Float32Array): void {
    const largest = Math.max(...found.map((value, token) => Math.abs(value - (expected[token] ?? NaN))));
    expect(largest).toBeLessThan(1e-5);
  }

  test('tokens that were taken out are as if they had never been there', async () => {
    const model = await openTiny(oneLayer, yarn);
    const session = openSession(model);
    const sequence = session.createSequence();
    await read(session, sequence, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    sequence.remove(2, 7);
    expect([sequence.length, sequence.nextPosition]).toEqual([7, 12]);
    await sequence.shift(2, -5);
    expect([sequence.length, sequence.nextPosition]).toEqual([7, 7]);
    expectNear(await read(session, sequence, [13]), await logitsOf(model, [1, 2, 8, 9, 10, 11, 12, 13]));
  });

  test('a copy keeps its positions when the original moves', async () => {
    const model = await openTiny(oneLayer, yarn);
    const session = openSession(model);
    const original = session.createSequence();
    await read(session, original, [1, 2, 3, 4, 5, 6]);
    const copy = original.copy();
    original.remove(0, 3);
    await original.shift(0, -3);
    expectNear(await read(session, copy, [7]), await logitsOf(model, [1, 2, 3, 4, 5, 6, 7]));
    expectNear(await read(session, original, [7]), await logitsOf(model, [4, 5, 6, 7]));
  });

  test('what would not grow is refused', async () => {
    const session = openSession(await openTiny());
    const sequence = session.createSequence();
    await read(session, sequence, [1, 2, 3]);
    await expect(sequence.shift(1, -1)).rejects.toMatchObject({ code: 'bad-option' });
    await expect(sequence.shift(4, 1)).rejects.toMatchObject({ code: 'bad-option' });
    await sequence.shift(1, 2);
    expect(sequence.nextPosition).toBe(5);
  });
});

describe('batches', () => {
  test('several sequences in a step give what each gives alone', async () => {
    const model = await openTiny();
    const session = openSession(model, { batchSize: 7 });
    const texts = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [10], [11, 12, 13], [14, 15, 16, 17]];
    const batch = texts.map((tokens) => ({ sequence: session.createSequence(), tokens }));
    const rows = await session.step(batch);
    for (const [place, tokens] of texts.entries())
      expect(rows[place]).toEqual([await logitsOf(model, tokens)]);
    const more = await session.step(batch.map(({ sequence }) => ({ sequence, tokens: [20, 21] })));
    for (const [place, tokens] of texts.entries()) {
      expect(more[place]).toEqual([await logitsOf(model, [...tokens, 20, 21])]);
    }
  });

  test('rows of a step before are used again, and those that are missing are added', async () => {
    const model = await openTiny();
    const session = openSession(model);
    const sequence = session.createSequence();
    const reuse: Float32Array[] = [];
    const [[first] = []] = await session.step([{ sequence, tokens: [1, 2] }], { reuse });
    expect(reuse).toEqual([await logitsOf(model, [1, 2])]);
    const [rows = []] = await session.step([{ sequence, tokens: [3, 4], logits: 'all' }], { reuse });
    expect(rows).toEqual([await logitsOf(model, [1, 2, 3]), await logitsOf(model, [1, 2, 3, 4])]);
    expect(reuse).toEqual(rows);
    expect(rows[0]).toBe(first);
  });

  test('logits are given for the tokens that are asked for', async () => {
    const model = await openTiny();
    const session = openSession(model);
    const tokens = [1, 2, 3, 4, 5, 6];
    const rows = await session.step([
      { sequence: session.createSequence(), tokens, logits: 'none' },
      { sequence: session.createSequence(), tokens, logits: [0, 4] },
      { sequence: session.createSequence(), tokens, logits: 'all' },
    ]);
    const expected = await Promise.all(tokens.map((_, place) => logitsOf(model, tokens.slice(0, place + 1))));
    expect(rows).toEqual([[], [expected[0], expected[4]], expected]);
  });

  test('copies that list more cells than a run has room for are read in more runs', async () => {
    const model = await openTiny();
    const session = openSession(model, { contextLength: 16, batchSize: 16 });
    const first = session.createSequence();
    await read(session, first, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const copies = Array.from({ length: 6 }, () => first.copy());
    const rows = await session.step(copies.map((sequence, token) => ({ sequence, tokens: [token] })));
    for (const [token, row] of rows.entries()) {
      expect(row).toEqual([await logitsOf(model, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, token])]);
    }
  });

  test('rows that are too many for one buffer of logits are given part by part', async () => {
    // A row of 2 MiB: there is room for 16 of them.
    const vocabulary = 2 ** 19;
    const sizes = { embedding: 2, heads: 1, keyValueHeads: 1, keyLength: 2, valueLength: 2, layers: 1 };
    const shape = tinyShape({ architecture: 'llama', isTied: true, vocabulary, ...sizes });
    const model = await openTiny(shape);
    const session = openSession(model, { batchSize: 17 });
    const tokens = Array.from({ length: 17 }, (_, place) => place * 1000);
    const places: number[] = [];
    for await (const { place, logits } of session.rows([
      { sequence: session.createSequence(), tokens, logits: 'all' },
    ])) {
      places.push(place);
      if (place < 16) continue;
      const expected = await logitsOf(model, tokens);
      expect(logits.every((logit, token) => logit === expected[token])).toBe(true);
    }
    expect(places).toEqual([...tokens.keys()]);
  });

  test.each(['f16', 'q8_0'] as const)('a cache of %s gives nearly the same', async (cacheFormat) => {
    const model = await openTiny(tinyShape({ architecture: 'llama', keyLength: 16, valueLength: 16 }));
    const session = openSession(model, { cacheFormat });
    const found = await read(session, session.createSequence(), [1, 2, 3, 4, 5, 6, 7, 8]);
    const expected = await logitsOf(model, [1, 2, 3, 4, 5, 6, 7, 8]);
    const error = Math.max(...found.map((value, token) => Math.abs(value - (expected[token] ?? NaN))));
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(cacheFormat === 'f16' ? 0.003 : 0.05);
  });

  test('steps that are begun together are done one after another', async () => {
    const model = await openTiny();
    const session = openSession(model);
    const sequences = Array.from({ length: 3 }, () => session.createSequence());
    const rows = await Promise.all(
      sequences.map((sequence, token) => read(session, sequence, [token, 5, 6, 7, 8])),
    );
    for (const [token, row] of rows.entries())
      expect(row).toEqual(await logitsOf(model, [token, 5, 6, 7, 8]));
  });
});

describe('what a session refuses', () => {
  test.each([
    ['no tokens', { tokens: [] }, 'bad-token'],
    ['a token that the vocabulary does not have', { tokens: [1, 40] }, 'bad-token'],
    ['a negative token', { tokens: [-1] }, 'bad-token'],
    ['half a token', { tokens: [1.5] }, 'bad-token'],
    ['logits of a token that there is not', { tokens: [1, 2], logits: [2] }, 'bad-option'],
    ['logits in no order', { tokens: [1, 2], logits: [1, 0] }, 'bad-option'],
    ['more tokens than there is room for', { tokens: new Int32Array(65) }, 'context-full'],
  ] as const)('%s', async (_, entry, code) => {
    const model = await openTiny();
    const session = openSession(model);
    const sequence = session.createSequence();
    await expect(session.step([{ sequence, ...entry }])).rejects.toMatchObject({ code });
    expect([sequence.length, session.freeCells]).toEqual([0, 64]);
    expect(await read(session, sequence, [1, 2])).toEqual(await logitsOf(model, [1, 2]));
  });

  test('steps begun together that have room one by one only', async () => {
    const session = openSession(await openTiny());
    const [first, second] = [session.createSequence(), session.createSequence()];
    const tokens = new Int32Array(40);
    const steps = [first, second].map((sequence) => session.step([{ sequence, tokens }]));
    const [one, two] = await Promise.allSettled(steps);
    expect(one?.status).toBe('fulfilled');
    expect(two).toMatchObject({ status: 'rejected', reason: { code: 'context-full' } });
    expect([first.length, second.length]).toEqual([40, 0]);
  });

  test('a sequence that is twice in a batch, at work, or closed', async () => {
    const session = openSession(await openTiny());
    const sequence = session.createSequence();
    const entry = { sequence, tokens: [1] };
    await expect(session.step([entry, entry])).rejects.toMatchObject({ code: 'busy' });
    const step = session.step([entry]);
    expect(() => sequence.rewind(0)).toThrow(expect.objectContaining({ code: 'busy' }));
    await expect(session.step([entry])).rejects.toMatchObject({ code: 'busy' });
    await step;
    sequence.close();
    sequence.close();
    await expect(session.step([entry])).rejects.toMatchObject({ code: 'closed' });
    const other = openSession(session.model);
    const foreign = [{ sequence: other.createSequence(), tokens: [1] }];
    await expect(session.step(foreign)).rejects.toMatchObject({ code: 'bad-option' });
    const last = session.createSequence();
    await session.step([{ sequence: last, tokens: [1, 2] }]);
    await session.close();
    await expect(last.shift(1, 1)).rejects.toMatchObject({ code: 'closed' });
    expect(() => session.createSequence()).toThrow(expect.objectContaining({ code: 'closed' }));
  });

  test('an aborted step leaves its sequence as it was', async () => {
    const model = await openTiny();
    const session = openSession(model);
    const sequence = session.createSequence();
    await read(session, sequence, [1, 2]);
    const abort = new AbortController();
    const entry = { sequence, tokens: [3, 4, 5, 6, 7, 8, 9, 10], logits: [0] };
    const rows = session.rows([entry], { signal: abort.signal });
    expect((await rows.next()).value).toMatchObject({ entry: 0, place: 0 });
    abort.abort(new Error('enough'));
    await expect(rows.next()).rejects.toThrow('enough');
    expect([sequence.length, session.freeCells]).toEqual([2, 62]);
    expect(await read(session, sequence, [3])).toEqual(await logitsOf(model, [1, 2, 3]));
  });

  test('a step that is not asked for all of its rows is taken back', async () => {
    const model = await openTiny();
    const session = openSession(model);
    const sequence = session.createSequence();
    for await (const { place } of session.rows([{ sequence, tokens: [1, 2, 3], logits: 'all' }])) {
      if (place === 1) break;
    }
    expect([sequence.length, session.freeCells]).toEqual([0, 64]);
    expect(await read(session, sequence, [1])).toEqual(await logitsOf(model, [1]));
  });

  test.each([{ contextLength: 0 }, { contextLength: 1.5 }, { batchSize: 0 }, { batchSize: 1e9 }])(
    'options %o',
    async (options) => {
      const model = await openTiny();
      expect(() => model.openSession(options)).toThrow(expect.objectContaining({ code: 'bad-option' }));
    },
  );
});
