import { describe, expect, it } from 'vitest';
import { processEscapes } from '../src/index';

describe('processEscapes', () => {
  it.each([
    ['letters', String.raw`a\nb\tc\rd`, 'a\nb\tc\rd'],
    ['quotes', String.raw`say \"it\'s\"`, `say "it's"`],
    ['a backslash, once', String.raw`C:\\new`, String.raw`C:\new`],
    ['bytes', String.raw`\x41\xe2\x82\xac.`, 'A\u20ac.'],
    ['bytes that are no text', String.raw`\xff`, '\ufffd'],
    ['nothing of what is no escape', String.raw`\d \x4 \xgg \N \end`, String.raw`\d \x4 \xgg \N \end`],
  ])('turns %s', (_, text, expected) => {
    expect(processEscapes(text)).toBe(expected);
  });
});
