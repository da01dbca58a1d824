import { JsonMatcher, readGrammar, TextMatcher } from '@halftone/grammar';
import { demoModel } from '@halftone/demo-model';
import { openModel, type OpenedModel } from '@halftone/runtime/node';
import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BoundText } from '../src/engine/constraints/bound-text';
import { TokenTexts } from '../src/engine/constraints/token-texts';
import { textPiece } from '../src/engine/constraints/utf8';

let opened: OpenedModel;
beforeAll(async () => {
  opened = await openModel(fileURLToPath(demoModel.model));
});
afterAll(() => opened.close());

/** Whether the tokens of a text may come one by one; `undefined` where the text is not all of it then. */
function isWritten(text: string, matcher: JsonMatcher | TextMatcher): boolean | undefined {
  const { tokenizer } = opened.model;
  const bound = new BoundText(new TokenTexts(tokenizer), matcher);
  for (const token of tokenizer.encode(text, { addSpecial: false })) {
    if (!bound.allows(token)) return false;
    bound.accept(token);
  }
  return bound.isComplete ? true : undefined;
}

describe('a character that stands in several tokens', () => {
  const letters = '𝔸🜁ꙮ';

  it('stands in several here', () => {
    for (const letter of letters) {
      expect(opened.model.tokenizer.encode(letter, { addSpecial: false }).length).toBeGreaterThan(1);
    }
  });

  it('counts once, and may come where one that begins like it may', () => {
    const three = { type: 'string', minLength: 3, maxLength: 3 };
    expect(isWritten(JSON.stringify(letters), new JsonMatcher(three))).toBe(true);
    expect(isWritten(JSON.stringify(letters.slice(0, -1)), new JsonMatcher(three))).toBe(false);
    expect(isWritten(JSON.stringify(`${letters}x`), new JsonMatcher(three))).toBe(false);
    expect(isWritten('"𝔸"', new JsonMatcher({ type: 'string', pattern: '^[🜀-🜿]$' }))).toBe(false);
    expect(isWritten('"🜁"', new JsonMatcher({ type: 'string', pattern: '^[🜀-🜿]$' }))).toBe(true);
    expect(isWritten('"🜁"', new JsonMatcher({ enum: ['🜁', '🜂'] }))).toBe(true);
    expect(isWritten('"🜃"', new JsonMatcher({ enum: ['🜁', '🜂'] }))).toBe(false);
    expect(isWritten(letters, new TextMatcher(readGrammar('root ::= .{3}')))).toBe(true);
    expect(isWritten(letters, new TextMatcher(readGrammar('root ::= .{4}')))).toBeUndefined();
    expect(isWritten(letters, new TextMatcher(readGrammar('root ::= [^𝔸]+')))).toBe(false);
  });
});

describe('a piece of UTF-8', () => {
  it('is cut behind the last whole character, and tells what the next may become', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(60), (text, cut) => {
        const bytes = new TextEncoder().encode(text);
        const piece = textPiece(bytes.subarray(0, cut));
        expect(text.startsWith(piece.text)).toBe(true);
        const code = text.slice(piece.text.length).codePointAt(0) ?? 0;
        if (piece.next === undefined) expect(piece.rest).toHaveLength(0);
        else expect(code >= piece.next[0] && code <= piece.next[1]).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [[0xc0], undefined],
    [[0xff], undefined],
    [[0x80], undefined],
    [[0xc3], [0xc0, 0xff]],
    [[0xe0], [0x800, 0xfff]],
    [[0xf0, 0x80], undefined],
    [
      [0xf0, 0x9f, 0x98],
      [0x1f600, 0x1f63f],
    ],
    [[0xf4], [0x100000, 0x10ffff]],
    [[0xf4, 0x90], undefined],
    [[0xe2, 0x28], undefined],
  ])('%j may become %j', (bytes, next) => {
    expect(textPiece(Uint8Array.from(bytes)).next).toEqual(next);
  });
});
