import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generate, Sampler, type GeneratedEnd, type GenerateOptions, type Session } from '../src/index';
import { StopStrings } from '../src/generate/stop-strings';
import { CHAIN_TEXT, openChain } from './chain-model';

interface Generated {
  readonly tokens: number[];
  readonly texts: string[];
  readonly end: GeneratedEnd;
}

/** All that is generated, with the likeliest tokens. */
async function generated(session: Session, options: Partial<GenerateOptions> = {}): Promise<Generated> {
  const { tokenizer } = session.model;
  const tokens: number[] = [];
  const texts: string[] = [];
  const sampler = new Sampler({ temperature: 0 });
  for await (const event of generate(session, { prompt: tokenizer.encode('a'), sampler, ...options })) {
    texts.push(event.text);
    if (event.kind === 'end') return { tokens, texts, end: event };
    tokens.push(event.token);
  }
  throw new Error('there was no end');
}

test('a text goes on until the token that ends it, character by character', async () => {
  const model = await openChain();
  const session = model.openSession({ contextLength: 64 });
  const { tokens, texts, end } = await generated(session);
  expect(texts.join('')).toBe(CHAIN_TEXT);
  // The two bytes of é come with its second token.
  expect(texts.slice(-4)).toEqual([' ', '', 'é', '']);
  expect(tokens).toHaveLength(38);
  expect(end).toMatchObject({ reason: 'end-token', endToken: 39, stop: undefined });
  expect([end.prompt.tokens, end.generation.tokens]).toEqual([1, 38]);
  expect(session.freeCells).toBe(64);
});

test('control tokens are written where they are asked for', async () => {
  const session = (await openChain()).openSession({ contextLength: 64 });
  const options = { prompt: [38], endTokens: new Set<number>(), maxTokens: 2 };
  expect((await generated(session, options)).texts.join('')).toBe('a');
  expect((await generated(session, { ...options, special: true })).texts.join('')).toBe('</s>a');
});

test('half a character at the end is told at the end', async () => {
  const session = (await openChain()).openSession({ contextLength: 64 });
  const { texts, end } = await generated(session, { prompt: [35], maxTokens: 2 });
  expect(texts).toEqual([' ', '', '\ufffd']);
  expect(end.reason).toBe('max-tokens');
});

test.each([0, 1, 5])('at most %d tokens', async (maxTokens) => {
  const session = (await openChain()).openSession({ contextLength: 64 });
  const { tokens, texts, end } = await generated(session, { maxTokens });
  expect(tokens).toHaveLength(maxTokens);
  expect(texts.join('')).toBe(CHAIN_TEXT.slice(0, maxTokens));
  expect(end.reason).toBe('max-tokens');
});

test.each([
  { stop: ['f'], text: 'bcde', by: 'f' },
  { stop: ['ghi', 'zzz', ''], text: 'bcdef', by: 'ghi' },
  { stop: ['klm', 'jkl'], text: 'bcdefghi', by: 'jkl' },
  { stop: ['bcx', 'é'], text: CHAIN_TEXT.slice(0, -1), by: 'é' },
])('a stop string ends the text where it begins: $stop', async ({ stop, text, by }) => {
  const session = (await openChain()).openSession({ contextLength: 64 });
  const { texts, end } = await generated(session, { stop });
  expect(texts.join('')).toBe(text);
  expect(end).toMatchObject({ reason: 'stop-string', stop: by });
});

test('what may begin a stop string is held back until it is known', async () => {
  const session = (await openChain()).openSession({ contextLength: 64 });
  const { texts } = await generated(session, { stop: ['cdx', 'ef'], maxTokens: 4 });
  expect(texts).toEqual(['b', '', '', 'cd', 'e']);
});

test('stop strings are found wherever the text is cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 20 });
  const stop = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(text, fc.array(stop, { maxLength: 3 }), fc.array(fc.nat(5)), (whole, stops, lengths) => {
      const ends = stops
        .map((one) => whole.indexOf(one) + one.length)
        .filter((_, i) => whole.includes(stops[i] ?? ''));
      const end = Math.min(...ends);
      const first = Math.min(
        ...stops.filter((one) => whole.slice(0, end).endsWith(one)).map((one) => end - one.length),
      );
      const finder = new StopStrings(stops);
      let told = '';
      let found: string | undefined;
      for (let place = 0, i = 0; place < whole.length && found === undefined; i++) {
        const length = 1 + (lengths[i] ?? 0);
        const piece = finder.push(whole.slice(place, place + length));
        told += piece.text;
        found = piece.stop;
        place += length;
      }
      expect(found !== undefined).toBe(end < Infinity);
      expect(found === undefined ? told + finder.rest() : told).toBe(
        whole.slice(0, end < Infinity ? first : undefined),
      );
    }),
    { numRuns: 1000 },
  );
});

test('a sequence goes on with what it holds', async () => {
  const model = await openChain();
  const session = model.openSession({ contextLength: 64 });
  const sequence = session.createSequence();
  const first = await generated(session, { sequence, maxTokens: 3 });
  expect(first.texts.join('')).toBe('bcd');
  // The last token was given out but not read.
  expect(sequence.length).toBe(3);
  const second = await generated(session, { sequence, prompt: first.tokens.slice(-1), maxTokens: 3 });
  expect(second.texts.join('')).toBe('efg');
  expect(sequence.length).toBe(6);
});

test('a full cache ends the text', async () => {
  const session = (await openChain()).openSession({ contextLength: 8 });
  const { tokens, end } = await generated(session);
  expect(end.reason).toBe('context');
  expect(tokens).toHaveLength(8);
  expect(session.freeCells).toBe(8);
});

test('with a context shift the text goes on, and the first tokens are kept', async () => {
  const model = await openChain();
  const session = model.openSession({ contextLength: 8 });
  const sequence = session.createSequence();
  const { texts, end } = await generated(session, { sequence, contextShift: { keep: 2 } });
  expect(texts.join('')).toBe(CHAIN_TEXT);
  expect(end.reason).toBe('end-token');
  expect(sequence.length).toBeLessThanOrEqual(8);
  expect(sequence.nextPosition).toBe(sequence.length);
});

test('a context shift that keeps everything is refused', async () => {
  const session = (await openChain()).openSession({ contextLength: 8 });
  await expect(generated(session, { contextShift: { keep: 7 } })).rejects.toMatchObject({
    code: 'bad-option',
  });
  await expect(generated(session, { contextShift: { keep: -1 } })).rejects.toMatchObject({
    code: 'bad-option',
  });
});

test('a prompt that does not fit is refused before it is read', async () => {
  const session = (await openChain()).openSession({ contextLength: 8 });
  await expect(generated(session, { prompt: new Int32Array(9) })).rejects.toMatchObject({
    code: 'context-full',
  });
  await expect(generated(session, { prompt: [] })).rejects.toMatchObject({ code: 'bad-token' });
  await expect(generated(session, { maxTokens: 1.5 })).rejects.toMatchObject({ code: 'bad-option' });
  expect(session.freeCells).toBe(8);
});

test('an aborted text throws the reason, and gives its cells back', async () => {
  const session = (await openChain()).openSession({ contextLength: 64 });
  const abort = new AbortController();
  const texts: string[] = [];
  const text = async (): Promise<void> => {
    for await (const event of generate(session, { prompt: [0], signal: abort.signal })) {
      texts.push(event.text);
      if (texts.length === 3) abort.abort(new Error('enough'));
    }
  };
  await expect(text()).rejects.toThrow('enough');
  expect(texts).toHaveLength(3);
  expect(session.freeCells).toBe(64);
});

test('who stops listening stops the text', async () => {
  const session = (await openChain()).openSession({ contextLength: 64 });
  for await (const event of generate(session, { prompt: [0] })) if (event.kind === 'token') break;
  expect(session.freeCells).toBe(64);
});

test('a model without a vocabulary has no tokenizer', async () => {
  const { openTiny } = await import('./open-tiny');
  const model = await openTiny();
  expect(() => model.tokenizer).toThrow(expect.objectContaining({ code: 'missing-key' }));
});

test('DRY takes its breakers from the vocabulary', async () => {
  const { tokenizer } = await openChain();
  const options = { temperature: 0, dryMultiplier: 100, penaltyLastN: 0 };
  const after = (breakers: readonly string[]): number => {
    const sampler = new Sampler({ ...options, drySequenceBreakers: breakers }, tokenizer);
    for (const token of tokenizer.encode('abcxabcx9abcx')) sampler.accept(token);
    return sampler.sample(
      Float32Array.from({ length: 40 }, (_, token) => (token === 0 ? 9 : token === 35 ? 8 : 7)),
    );
  };
  // After abcx came a, then 9: both would go on with a passage.
  expect(after([])).toBe(1);
  // x ends passages, so nothing is repeated.
  expect(after(['x'])).toBe(0);
  expect(after(['bcx'])).toBe(0);
  expect(after(['cz'])).toBe(1);
});
