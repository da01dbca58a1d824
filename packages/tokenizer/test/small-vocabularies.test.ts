import type { GgufMetadata } from '@halftone/gguf-io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer, preTokenizerNames, TokenizerError } from '../src/index';
import { floats, texts, vocabulary } from './vocabulary';

const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const USER = 4;
const BYTE = 6;

const letters = ['a', 'b', 'c', 'ab', 'bc', 'abc', 'Ġ', 'Ġa', '▁', '▁a'].map(
  (text) => [text, NORMAL] as const,
);

function bytePairs(
  merges: string[],
  pre = 'gpt-2',
  more: Parameters<typeof vocabulary>[2] = {},
): GgufMetadata {
  return vocabulary('gpt2', letters, {
    pre: { type: 'string', value: pre },
    merges: texts(...merges),
    ...more,
  });
}

const codeOf = (metadata: GgufMetadata): string => {
  try {
    createTokenizer(metadata);
    return 'made';
  } catch (error) {
    return error instanceof TokenizerError ? error.code : 'another error';
  }
};

describe('byte pairs', () => {
  const encode = (merges: string[], text: string, more?: Parameters<typeof vocabulary>[2]): number[] => [
    ...createTokenizer(bytePairs(merges, 'gpt-2', more)).encode(text),
  ];

  it('merge in the order of the merges, not of the text', () => {
    // "bc" is first: a bc; then nothing joins "a" and "bc" but the second merge.
    expect(encode(['b c', 'a b'], 'abc')).toEqual([0, 4]);
    expect(encode(['a b', 'b c', 'ab c'], 'abc')).toEqual([5]);
    expect(encode(['a b'], 'abab')).toEqual([3, 3]);
  });

  it('merge a long word as a short one', () => {
    const merges = ['a b', 'b c', 'ab c'];
    expect(encode(merges, 'abcab'.repeat(40))).toEqual(Array.from({ length: 40 }, () => [5, 3]).flat());
  });

  it('take a whole word that is a token where the file says so', () => {
    const ignore = { ignore_merges: { type: 'bool', value: true } } as const;
    expect(encode([], 'abc', ignore)).toEqual([5]);
    expect(encode([], 'abc')).toEqual([0, 1, 2]);
  });

  it('refuse a byte without a token', () => {
    expect(() => encode([], 'd')).toThrow(/found <0x64>/);
  });

  it('are made for every pre-tokenizer by name, and decode what they encoded', () => {
    for (const name of preTokenizerNames) {
      const tokenizer = createTokenizer(bytePairs(['a b', 'Ġ a'], name));
      expect({ name, text: tokenizer.decode(tokenizer.encode(' ab c a')) }).toEqual({
        name,
        // The one that is made for languages without spaces drops them.
        text: name === 'whitespace' ? 'abca' : ' ab c a',
      });
    }
  });
});

describe('SentencePiece', () => {
  const tokens = [
    ['<unk>', UNKNOWN],
    ['<s>', CONTROL],
    ['</s>', CONTROL],
    ['▁', NORMAL],
    ['a', NORMAL],
    ['b', NORMAL],
    ['▁a', NORMAL],
    ['ab', NORMAL],
    ['▁ab', NORMAL],
    ['<tool>', USER],
    ...Array.from(
      { length: 256 },
      (_, byte) => [`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, BYTE] as const,
    ),
  ] as const;
  const make = (...scores: number[]): ReturnType<typeof createTokenizer> =>
    createTokenizer(
      vocabulary('llama', tokens, {
        scores: floats(...tokens.map((_, id) => scores[id] ?? -100)),
        bos_token_id: { type: 'uint32', value: 1 },
        eos_token_id: { type: 'uint32', value: 2 },
      }),
    );

  it('merges the neighbours of the highest score first', () => {
    expect([...make(0, 0, 0, 0, 0, 0, -1, -2, -3).encode('ab')]).toEqual([1, 8]);
    // Without "▁ab" in reach, "ab" before "▁a" leaves the space alone.
    expect([...make(0, 0, 0, 0, 0, 0, -2, -1, -3).encode('abab')]).toEqual([1, 8, 7]);
  });

  it('writes what is no token in bytes, and reads them again', () => {
    const tokenizer = make();
    const ids = [...tokenizer.encode('aé')];
    expect(ids).toEqual([1, 6, 10 + 0xc3, 10 + 0xa9]);
    expect(tokenizer.decode(ids)).toBe('aé');
  });

  it('puts a space before a text and takes it away again', () => {
    const tokenizer = make();
    expect(tokenizer.decode(tokenizer.encode('a a'))).toBe('a a');
    expect([...tokenizer.encode('a<tool>a')]).toEqual([1, 6, 9, 6]);
  });
});

describe('a vocabulary that is wrong', () => {
  it('is told by its code', () => {
    expect(codeOf(new Map())).toBe('missing-key');
    expect(
      codeOf(
        vocabulary('gpt2', [
          ['a', 1],
          ['a', 1],
        ]),
      ),
    ).toBe('duplicate-token');
    expect(codeOf(vocabulary('bert2', letters))).toBe('unknown-model');
    expect(codeOf(bytePairs([], 'nobody-knows'))).toBe('unknown-pre-tokenizer');
    expect(codeOf(bytePairs(['a d']))).toBe('bad-merge');
    expect(codeOf(bytePairs(['ab']))).toBe('bad-merge');
    expect(codeOf(bytePairs([], 'gpt-2', { bos_token_id: { type: 'uint32', value: 10 } }))).toBe(
      'out-of-range',
    );
    expect(codeOf(bytePairs([], 'gpt-2', { bos_token_id: { type: 'string', value: 'a' } }))).toBe(
      'wrong-type',
    );
    expect(codeOf(vocabulary('llama', letters))).toBe('missing-key');
    expect(codeOf(vocabulary('llama', letters, { scores: floats(1) }))).toBe('wrong-length');
  });

  it('is told with the name of the file, where it is known', () => {
    expect(() => createTokenizer(vocabulary('bert2', letters), { file: 'model.gguf' })).toThrow(
      /^model\.gguf: .*bert2/,
    );
  });

  it('is told by its code where a token cannot be what it is said to be', () => {
    const byte = vocabulary('llama', [['<0xZZ>', 6]], { scores: floats(0) });
    expect(() => createTokenizer(byte).decode([0])).toThrow(/found "<0xZZ>", allowed <0x00> to <0xFF>/);
    expect(codeOf(vocabulary('llama', [['a', 1]], { scores: floats(NaN) }))).toBe('bad-token');
    expect(codeOf(vocabulary('t5', [['a', 1]], { scores: floats(0) }))).toBe('missing-key');
    expect(codeOf(vocabulary('bert', [['a', 1]]))).toBe('missing-key');
    const long = vocabulary('gpt2', [['a'.repeat(5000), 4]], { merges: texts() });
    expect(codeOf(long)).toBe('too-long');
  });

  it('of too many tokens or merges is refused before they are read', () => {
    const endless = {
      type: 'array',
      value: {
        elementType: 'string',
        length: 2 ** 24,
        encoded: new Uint8Array(),
        at: () => 'a',
        [Symbol.iterator]: () => {
          throw new Error('was read');
        },
      },
    } as const;
    const of = (key: string): GgufMetadata => new Map(bytePairs([])).set(`tokenizer.ggml.${key}`, endless);
    expect(codeOf(of('tokens'))).toBe('wrong-length');
    expect(codeOf(of('merges'))).toBe('wrong-length');
  });

  it('never does anything but work or throw an error of its own', () => {
    const text = fc.oneof(
      fc.constantFrom('a', 'b', 'ab', '▁', 'Ġ', '<0x41>', '', '</s>'),
      fc.string({ maxLength: 3 }),
    );
    const tokens = fc.array(fc.tuple(text, fc.integer({ min: -1, max: 8 })), { maxLength: 12 });
    const number = fc.oneof(fc.integer({ min: -2, max: 13 }), fc.constantFrom(NaN, Infinity, -1e30));
    const model = fc.constantFrom('gpt2', 'llama', 't5', 'bert', 'gemma4', 'whitespace');
    const merge = fc.oneof(fc.constantFrom('a b', 'a', ' ', ''), fc.string({ maxLength: 4 }));
    const outcomes = { worked: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.record({
          model,
          tokens,
          scores: fc.array(number, { maxLength: 12 }),
          merges: fc.array(merge),
          id: number,
        }),
        ({ model: name, tokens: list, scores, merges, id }) => {
          const metadata = vocabulary(name, list, {
            scores: floats(...list.map((_, index) => scores[index] ?? 0)),
            merges: texts(...merges),
            bos_token_id: { type: 'float64', value: id },
          });
          try {
            const tokenizer = createTokenizer(metadata);
            for (const special of [true, false]) {
              const ids = tokenizer.encode('ab a</s> é\ud800', { parseSpecial: special });
              expect(typeof tokenizer.decode(ids, { special })).toBe('string');
            }
            outcomes.worked++;
          } catch (error) {
            expect(error).toBeInstanceOf(TokenizerError);
            outcomes.refused++;
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(outcomes.worked).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });
});
