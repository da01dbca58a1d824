import { expect, it } from 'vitest';
import { firstScoredPlace } from '../src/chunks';
import { scoredCount, textChunks } from '../src/index';

const tokenizer = { addsBeginning: true, beginning: 1 };
const text = Int32Array.from({ length: 26 }, (_, i) => 100 + i);

it('a text is cut into whole chunks, each begun as texts of the model begin', () => {
  const chunks = textChunks(text, { contextLength: 8, tokenizer });
  expect(chunks.count).toBe(3);
  expect(chunks.firstScored).toBe(4);
  expect([...chunks.tokens(1)]).toEqual([1, 109, 110, 111, 112, 113, 114, 115]);
  expect(chunks.text).toEqual(text.subarray(0, 24));
  expect(text[8]).toBe(108);
});

it('a model without a token that begins a text reads chunks as they are, and a limit is kept', () => {
  const chunks = textChunks(text, { contextLength: 8, limit: 2 });
  expect(chunks.count).toBe(2);
  expect(chunks.tokens(0)).toEqual(chunks.text.subarray(0, 8));
  const silent = textChunks(text, { contextLength: 8, tokenizer: { ...tokenizer, addsBeginning: false } });
  expect(silent.tokens(1)).toEqual(text.subarray(8, 16));
});

it('the token after a place is that of the text, and there is none after the last', () => {
  const chunks = textChunks(text, { contextLength: 8, tokenizer });
  expect([chunks.target(0, 6), chunks.target(2, 0)]).toEqual([107, 117]);
  for (const [chunk, place] of [
    [0, 7],
    [0, -1],
    [3, 0],
    [-1, 0],
  ] as const) {
    expect(() => chunks.target(chunk, place)).toThrow(
      `found place ${place} of chunk ${chunk}, allowed places 0 to 6 of chunks 0 to 2`,
    );
  }
});

it('a text of less than two chunks is an error that tells what would do', () => {
  expect(() => textChunks(text, { contextLength: 14, tokenizer })).toThrow(/26 tokens, allowed at least 28/);
  expect(textChunks(text, { contextLength: 13, tokenizer }).count).toBe(2);
});

it('the second half of a chunk is scored, but for its end, which nothing follows', () => {
  expect([8, 9].map((length) => [firstScoredPlace(length), scoredCount(length)])).toEqual([
    [4, 3],
    [4, 4],
  ]);
});
