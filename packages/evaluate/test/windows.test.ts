import { expect, it } from 'vitest';
import { textWindows } from '../src/index';

const text = Int32Array.from({ length: 26 }, (_, i) => 100 + i);

it('a text is cut into whole windows, each begun as texts of the model begin', () => {
  const windows = textWindows(text, 8, 1);
  expect(windows.count).toBe(3);
  expect(windows.firstScored).toBe(4);
  expect([...windows.tokens(1)]).toEqual([1, 109, 110, 111, 112, 113, 114, 115]);
  expect(windows.text).toEqual(text.subarray(0, 24));
  expect(text[8]).toBe(108);
});

it('a model without a token that begins a text reads windows as they are, and a limit is kept', () => {
  const windows = textWindows(text, 8, undefined, 2);
  expect(windows.count).toBe(2);
  expect(windows.tokens(0)).toEqual(windows.text.subarray(0, 8));
});

it('the token after a place is that of the text, and there is none after the last', () => {
  const windows = textWindows(text, 8, 1);
  expect([windows.target(0, 6), windows.target(2, 0)]).toEqual([107, 117]);
  for (const [window, place] of [
    [0, 7],
    [0, -1],
    [3, 0],
    [-1, 0],
  ] as const) {
    expect(() => windows.target(window, place)).toThrow(
      `found place ${place} of window ${window}, allowed places 0 to 6 of windows 0 to 2`,
    );
  }
});

it('a text of less than two windows is an error that tells what would do', () => {
  expect(() => textWindows(text, 14, 1)).toThrow(/26 tokens, allowed at least 28/);
  expect(textWindows(text, 13, 1).count).toBe(2);
});
