import { readFileSync } from 'node:fs';
import type { GgufMetadata } from '@halftone/gguf-io';
import { describe, expect, it } from 'vitest';
import { createTokenizer, preTokenizerNames, type Dialect } from '../src/index';
import { characterOfByte } from '../src/byte-text';
import { texts, vocabulary } from './vocabulary';

interface Goldens {
  readonly texts: readonly string[];
  /** What the texts are cut into by the pre-tokenizers of these names, with `BETWEEN` between the pieces. */
  readonly groups: readonly { readonly names: readonly string[]; readonly pieces: readonly string[] }[];
}

const BETWEEN = '¦';
const goldens = JSON.parse(
  readFileSync(new URL('goldens/pre-tokenizers.json', import.meta.url), 'utf8'),
) as Goldens;

/** A vocabulary in which every part of a text is a token, and merges from the left on: each word becomes one token. */
function allPartsOf(text: string): GgufMetadata {
  const characters = [...Buffer.from(text)].map((byte) => characterOfByte[byte] ?? '');
  const tokens = new Set(characterOfByte);
  const merges: string[] = [];
  characters.forEach((_, start) => {
    let left = characters[start] ?? '';
    for (const right of characters.slice(start + 1)) {
      if (!tokens.has(left + right)) merges.push(`${left} ${right}`);
      left += right;
      tokens.add(left);
    }
  });
  return vocabulary(
    'gpt2',
    [...tokens].map((token) => [token, 1] as const),
    { merges: texts(...merges) },
  );
}

const vocabularies = new Map(goldens.texts.map((text) => [text, allPartsOf(text)]));

function cut(text: string, name: string, dialect?: Dialect): string {
  const metadata = new Map(vocabularies.get(text) ?? allPartsOf(text)).set('tokenizer.ggml.pre', {
    type: 'string',
    value: name,
  });
  const tokenizer = createTokenizer(metadata, dialect === undefined ? {} : { dialect });
  return Array.from(tokenizer.encode(text, { addSpecial: false }), (id) => tokenizer.decode([id])).join(
    BETWEEN,
  );
}

describe('as llama.cpp', () => {
  it.each(goldens.groups.map(({ names, pieces }) => [names.join(', '), names, pieces] as const))(
    '%s cut their words',
    (_, names, pieces) => {
      expect(pieces.length).toBe(goldens.texts.length);
      for (const name of names) {
        const found = goldens.texts.map((text) => cut(text, name, 'llama.cpp'));
        expect({ name, found }).toEqual({ name, found: pieces });
      }
    },
  );

  it('all names have been compared, but for four without words of bytes and two that only the peer knows', () => {
    const compared = goldens.groups.flatMap(({ names }) => names);
    const others = preTokenizerNames.filter((name) => !compared.includes(name));
    expect(others.sort()).toEqual([
      ...['cohere2_moe', 'gemma4', 'granite-embed-multi-311m', 'openpangu', 'sarvam-moe', 'whitespace'],
    ]);
  });
});

describe("with the models' own classes of characters", () => {
  it('capitals beyond ASCII begin words, and marks belong to their letters', () => {
    expect(cut('ЖукПечь', 'tekken')).toBe('Жук¦Печь');
    expect(cut('ЖукПечь', 'tekken', 'llama.cpp')).toBe('ЖукПечь');
    expect(cut('ЖукПечь', 'gpt-4o')).toBe('Жук¦Печь');
    expect(cut('e\u0301tat', 'tekken')).toBe('e\u0301tat');
    expect(cut('e\u0301tat', 'tekken', 'llama.cpp')).toBe('e¦\u0301tat');
  });

  it('digits are in groups of three from the last, with nothing before them', () => {
    expect(cut('ab 12345', 'afmoe')).toBe('ab¦ ¦12¦345');
    expect(cut('  12345 x', 'tiny_aya')).toBe('  ¦12¦345¦ x');
    // Within a word they are counted from the first.
    expect(cut('12345x', 'tiny_aya')).toBe('123¦45¦x');
    expect(cut('12345', 'superbpe')).toBe('12¦345');
  });

  it('ideographs are apart from other letters', () => {
    expect(cut('abc日本Def', 'kimi-k2')).toBe('abc¦日本¦Def');
  });
});
