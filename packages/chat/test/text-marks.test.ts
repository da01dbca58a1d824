import { describe, expect, it } from 'vitest';
import { TextMarks } from '../src/index';

describe('marks in a text', () => {
  it('are found again as their numbers, and stand nowhere else', () => {
    const used = 'a\u{f0000}b\u{f0001}0\u{f0001}';
    const marks = new TextMarks([used, '']);
    expect(marks.split(`${used}${marks.of(12)}${marks.of(0)}c`)).toEqual([used, 12, '', 0, 'c']);
    expect(marks.split(used)).toEqual([used]);
  });

  it('that were torn apart give nothing', () => {
    const marks = new TextMarks([]);
    const mark = marks.of(7);
    for (const torn of [mark.slice(2), mark.slice(0, -2), mark.replace('7', ''), mark.replace('7', 'x')]) {
      expect(marks.split(`a${torn}b`)).toBeUndefined();
    }
  });

  it('need one character that the texts do not have', () => {
    const all = Array.from({ length: 0x10fffd - 0xf0000 + 1 }, (_, index) =>
      String.fromCodePoint(0xf0000 + index),
    );
    expect(() => new TextMarks([all.join('')])).toThrow(
      expect.objectContaining({ code: 'unsupported-content' }),
    );
    expect(new TextMarks([all.slice(0, -1).join('')]).of(1)).toBe('\u{10fffd}1\u{10fffd}');
  });
});
