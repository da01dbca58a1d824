import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { openGgufFile } from '@halftone/gguf-io/node';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTokenizer, type Tokenizer } from '../src/index';

interface Golden {
  readonly text: string;
  readonly ids: readonly number[];
}

let tokenizer: Tokenizer;
let goldens: readonly Golden[];

beforeAll(async () => {
  const file = await openGgufFile(fileURLToPath(demoModel.model));
  tokenizer = createTokenizer(file.metadata);
  await file.close();
  goldens = JSON.parse(
    await readFile(new URL('goldens/tekken.json', import.meta.url), 'utf8'),
  ) as readonly Golden[];
});

/** The text with U+FFFD for halves of surrogates: what UTF-8 can hold. */
const wellFormed = (text: string): string => Buffer.from(text).toString();
const plain = (text: string): number[] => [...tokenizer.encode(text, { addSpecial: false })];
const parsed = (text: string): number[] => [
  ...tokenizer.encode(text, { addSpecial: false, parseSpecial: true }),
];

describe('the vocabulary of the demo model', () => {
  it('gives the ids of an independent tokenizer', () => {
    expect(goldens.length).toBeGreaterThan(20);
    for (const { text, ids } of goldens) {
      expect({ text, ids: text.includes('[INST]') ? parsed(text) : plain(text) }).toEqual({ text, ids });
    }
  });

  it('decodes to the same text again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const whole = wellFormed(text);
        expect(tokenizer.decode(plain(text))).toBe(whole);
      }),
    );
  });

  it('gives a stream the same text, whatever the cuts of characters', () => {
    const text = 'naïve 日本語 👩‍👩‍👧‍👦 end';
    const stream = tokenizer.streamDecoder();
    const pieces = plain(text).map((id) => stream.push(id));
    expect(pieces.join('') + stream.finish()).toBe(text);
    expect(pieces).toContain('');
  });

  it('keeps a mark of byte order, at the start too', () => {
    expect(tokenizer.decode(plain('\ufeffa\ufeff'))).toBe('\ufeffa\ufeff');
  });

  it('ends a stream within a character with a replacement character', () => {
    const stream = tokenizer.streamDecoder();
    const [first = 0] = plain('👍').slice(0, 1);
    expect(stream.push(first) + stream.finish()).toContain('\ufffd');
  });
});

describe('special tokens', () => {
  it('begin a text', () => {
    expect(tokenizer.beginning).toBe(1);
    expect([...tokenizer.encode('Hello')]).toEqual([1, ...plain('Hello')]);
    expect([...tokenizer.endOfGeneration]).toEqual([2]);
  });

  it('are parsed only when asked for', () => {
    const call = tokenizer.idOf('[TOOL_CALLS]') ?? -1;
    expect(tokenizer.kind(call)).toBe('control');
    expect(parsed('a[TOOL_CALLS]b')).toEqual([...plain('a'), call, ...plain('b')]);
    expect(plain('a[TOOL_CALLS]b')).not.toContain(call);
    expect(parsed('[TOOL_CALLS')).toEqual(plain('[TOOL_CALLS'));
  });

  it('are left out of decoded text, or written as they are called', () => {
    const ids = parsed('<s>a[TOOL_CALLS]b');
    expect(tokenizer.decode(ids)).toBe('ab');
    expect(tokenizer.decode(ids, { special: true })).toBe('<s>a[TOOL_CALLS]b');
  });

  it('that there are not are an error', () => {
    expect(() => tokenizer.decode([8192])).toThrow(/found 8192, allowed 0 to 8191/);
  });
});

describe('texts of a kind', () => {
  const long: [string, string][] = [
    ['letters', 'a'.repeat(300_000)],
    ['capitals', 'A'.repeat(300_000)],
    ['spaces', ' '.repeat(300_000)],
    ['ends of lines', '\n'.repeat(300_000)],
    [
      'no spaces',
      Array.from({ length: 300_000 }, (_, i) => String.fromCharCode(97 + ((i * 7919) % 26))).join(''),
    ],
    ['halves of surrogates', '\ud800'.repeat(50_000)],
  ];
  it.each(long)('%s, hundreds of thousands of them, come back', (_, text) => {
    expect(tokenizer.decode(plain(text))).toBe(wellFormed(text));
  });

  it('a word of more than 16 million letters is refused before memory runs out', () => {
    expect(() => plain('a'.repeat(2 ** 24 + 1))).toThrow(/found 16777217, allowed up to 16777216/);
  });
});
