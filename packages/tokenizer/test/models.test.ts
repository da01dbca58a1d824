import { readFileSync } from 'node:fs';
import { ggufArray, type GgufMetadata, type GgufValue } from '@halftone/gguf-io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer, TokenizerError } from '../src/index';
import { characterMap } from './character-map';
import { floats, texts, vocabulary } from './vocabulary';

interface Golden {
  readonly model: string;
  readonly tokens: readonly (readonly [text: string, type: number, score: number])[];
  /** Where the 256 tokens of bytes stand. */
  readonly bytesAt?: number;
  readonly merges?: readonly string[];
  readonly replacements?: readonly (readonly [from: string, to: string])[];
  readonly flags: Readonly<Record<string, boolean>>;
  readonly ids: Readonly<Record<string, number>>;
  /** `parsed` only where it differs. */
  readonly cases: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly parsed?: readonly number[];
  }[];
}

const BYTE = 6;

const read = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`goldens/${name}.json`, import.meta.url), 'utf8')) as Golden;

function metadataOf(golden: Golden): GgufMetadata {
  const bytes = Array.from(
    { length: golden.bytesAt === undefined ? 0 : 256 },
    (_, byte) => [`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, BYTE, 0] as const,
  );
  const at = golden.bytesAt ?? 0;
  const tokens = [...golden.tokens.slice(0, at), ...bytes, ...golden.tokens.slice(at)];
  const more: Record<string, GgufValue> = { scores: floats(...tokens.map(([, , score]) => score)) };
  if (golden.merges !== undefined) more['merges'] = texts(...golden.merges);
  if (golden.replacements !== undefined) {
    const map = characterMap(golden.replacements);
    more['precompiled_charsmap'] = { type: 'array', value: ggufArray('uint8', [...map]) };
  }
  for (const [key, value] of Object.entries(golden.flags)) more[key] = { type: 'bool', value };
  for (const [key, value] of Object.entries(golden.ids)) more[key] = { type: 'uint32', value };
  return vocabulary(
    golden.model,
    tokens.map(([text, type]) => [text, type] as const),
    more,
  );
}

describe.each(['sentence-piece', 'unigram', 'word-piece', 'plain-byte-pairs'])('%s', (name) => {
  const golden = read(name);
  const metadata = metadataOf(golden);
  const tokenizer = createTokenizer(metadata, { dialect: 'llama.cpp' });

  it('gives the ids of llama.cpp', () => {
    for (const { text, ids, parsed = ids } of golden.cases) {
      expect({ text, ids: [...tokenizer.encode(text)] }).toEqual({ text, ids });
      const found = [...tokenizer.encode(text, { parseSpecial: true })];
      expect({ text, parsed: found }).toEqual({ text, parsed });
    }
  });

  it('encodes a long word as it would by itself, whatever was encoded before', () => {
    const alphabet = fc.constantFrom('a', 'b', 'c', 't', 'the', ' ', '  ', '\n', 'é', '日', '😀', 'on', ',');
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 80 }), (parts) => {
        const text = parts.join('');
        expect(tokenizer.encode(text)).toEqual(
          createTokenizer(metadata, { dialect: 'llama.cpp' }).encode(text),
        );
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['letters', 'a'],
    ['spaces', ' '],
    ['ends of lines', '\n'],
    ['ideographs', '日'],
    ['halves of surrogates', '\ud800'],
    ['beginnings of special tokens', '<tool'],
    ['words', ' the cat'],
  ])('hundreds of thousands of %s in a row are encoded', (_, part) => {
    const ids = tokenizer.encode(part.repeat(200_000));
    for (const id of new Set(ids)) expect(() => tokenizer.text(id)).not.toThrow();
    expect(ids.length).toBeGreaterThanOrEqual(tokenizer.encode('').length);
  });
});

describe('unigram', () => {
  const golden = read('unigram');

  it('decodes what it encoded, as far as the vocabulary goes', () => {
    const tokenizer = createTokenizer(metadataOf(golden));
    expect(tokenizer.decode(tokenizer.encode('the cat sat on a mat.'))).toBe('the cat sat on a mat.');
    expect(tokenizer.addsEnd).toBe(true);
  });

  it('makes one space of many, and none at the ends, where the file says so', () => {
    const flags = { ...golden.flags, remove_extra_whitespaces: true };
    const tokenizer = createTokenizer(metadataOf({ ...golden, flags }));
    expect(tokenizer.decode(tokenizer.encode('  the \t  cat  '))).toBe('the cat');
  });

  it('takes the way of the highest sum of scores, as trying all ways does', () => {
    const scores = new Map([
      ['a', -2],
      ['b', -3],
      ['ab', -4],
      ['ba', -4.5],
      ['aba', -6.4],
      ['bb', -7],
    ]);
    const tokens = [['<unk>', 2] as const, ...[...scores.keys()].map((text) => [text, 1] as const)];
    const tokenizer = createTokenizer(
      vocabulary('t5', tokens, {
        scores: floats(0, ...scores.values()),
        unknown_token_id: { type: 'uint32', value: 0 },
        add_eos_token: { type: 'bool', value: false },
      }),
    );
    const best = (text: string): number =>
      text === ''
        ? 0
        : Math.max(
            ...[...scores].map(([token, score]) =>
              text.startsWith(token) ? score + best(text.slice(token.length)) : -Infinity,
            ),
          );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (text) => {
        const found = [...tokenizer.encode(text)].map((id) => tokenizer.text(id));
        expect(found.join('')).toBe(text);
        const sum = found.reduce((total, token) => total + Math.fround(scores.get(token) ?? NaN), 0);
        expect(sum).toBeCloseTo(best(text), 4);
      }),
    );
  });

  it('refuses a damaged table of characters', () => {
    const map = characterMap([['ab', 'c']]);
    const make = (bytes: Uint8Array): string => {
      const metadata = new Map(metadataOf(golden)).set('tokenizer.ggml.precompiled_charsmap', {
        type: 'array',
        value: ggufArray('uint8', [...bytes]),
      });
      return codeOf(() => createTokenizer(metadata).encode('abab ab'));
    };
    expect(make(map)).toBe('none');
    expect(make(new Uint8Array(3))).toBe('bad-character-map');
    expect(make(Uint8Array.of(8, 0, 0, 0, 1, 2, 3, 4))).toBe('bad-character-map');
    // A root whose children would be beyond the end.
    expect(make(Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 1, 97, 0))).toBe('bad-character-map');
    // A replacement that never ends.
    expect(make(map.slice(0, -1))).toBe('bad-character-map');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 64 }), (entries) => {
        const length = entries.length - (entries.length % 4);
        const bytes = Uint8Array.of(length, 0, 0, 0, ...entries.slice(0, length), 120, 0);
        expect(['none', 'bad-character-map']).toContain(make(bytes));
      }),
    );
  });
});

describe('word-piece', () => {
  it('keeps the vowels of Indian scripts, and takes Korean syllables apart, as BERT does', () => {
    const tokens = ['[UNK]', '▁क', 'ा', '▁ᄒ', 'ᅡ', 'ᆫ'].map((text, id) => [text, id === 0 ? 2 : 1] as const);
    const ids = {
      unknown_token_id: { type: 'uint32', value: 0 },
      add_bos_token: { type: 'bool', value: false },
    } as const;
    const metadata = vocabulary('bert', tokens, ids);
    const encode = (text: string, dialect: 'original' | 'llama.cpp'): number[] => [
      ...createTokenizer(metadata, { dialect }).encode(text, { addSpecial: false }),
    ];
    expect(encode('का', 'original')).toEqual([1, 2]);
    expect(encode('का', 'llama.cpp')).toEqual([1]);
    expect(encode('한', 'original')).toEqual([3, 4, 5]);
    expect(encode('한', 'llama.cpp')).toEqual([3]);
  });
});

function codeOf(action: () => void): string {
  try {
    action();
    return 'none';
  } catch (error) {
    return error instanceof TokenizerError ? error.code : String(error);
  }
}
