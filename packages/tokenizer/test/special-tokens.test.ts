import type { GgufValue } from '@halftone/gguf-io';
import { describe, expect, it } from 'vitest';
import { createTokenizer, type Tokenizer } from '../src/index';
import { texts, vocabulary } from './vocabulary';

const NORMAL = 1;
const CONTROL = 3;
const USER = 4;

const letters = ['a', 'b', 'Ġ', '<', '>', '/', 's', 'e', 'n', 'd', '|'].map(
  (text) => [text, NORMAL] as const,
);
const id = (value: number): GgufValue => ({ type: 'uint32', value });
const flag = (value: boolean): GgufValue => ({ type: 'bool', value });

function make(
  special: readonly (readonly [text: string, type: number])[],
  more: Readonly<Record<string, GgufValue>> = {},
  general: Readonly<Record<string, string>> = {},
): Tokenizer {
  const metadata = vocabulary('gpt2', [...special, ...letters], { merges: texts(), ...more });
  const named = Object.entries(general).map(([key, value]) => [key, { type: 'string', value }] as const);
  return createTokenizer(new Map<string, GgufValue>([...metadata, ...named]));
}

const shown = (tokenizer: Tokenizer, text: string, parseSpecial = true): string =>
  Array.from(tokenizer.encode(text, { addSpecial: false, parseSpecial }), (one) => tokenizer.text(one)).join(
    ' ',
  );

describe('special tokens', () => {
  it('are found the leftmost first, and the longest of those that begin there', () => {
    const tokenizer = make([
      ['<a', USER],
      ['<ab>', USER],
      ['ab>ab', USER],
      ['b>', USER],
    ]);
    expect(shown(tokenizer, '<ab>ab')).toBe('<ab> a b');
    expect(shown(tokenizer, '<ab')).toBe('<a b');
    expect(shown(tokenizer, 'aab>ab')).toBe('a ab>ab');
    expect(shown(tokenizer, 'a b>')).toBe('a Ġ b>');
  });

  it('of users are always found, those of control only when asked for', () => {
    const tokenizer = make([
      ['<s>', CONTROL],
      ['<d>', USER],
    ]);
    expect(shown(tokenizer, '<s><d>', false)).toBe('< s > <d>');
    expect(shown(tokenizer, '<s><d>')).toBe('<s> <d>');
    expect(tokenizer.decode([0, 1])).toBe('<d>');
  });

  it('are never made of text, even where a whole word is a token', () => {
    const tokenizer = make([['ab', CONTROL]], { ignore_merges: flag(true) });
    expect(shown(tokenizer, 'ab', false)).toBe('a b');
  });

  it('take the white space behind them in Phi-3, and before them in some masks', () => {
    const phi = make([['<|end|>', CONTROL]], {}, { 'general.name': 'Phi-3-mini' });
    expect(shown(phi, 'a <|end|> \n b')).toBe('a Ġ <|end|> b');
    expect(phi.attributes(0)).toEqual({ leftStrip: false, rightStrip: true });
    const jina = make([['<mask>', CONTROL]], { pre: { type: 'string', value: 'jina-v2-code' } });
    expect(shown(jina, 'a  <mask> b')).toBe('a <mask> Ġ b');
    expect(() => jina.attributes(99)).toThrow(/found 99/);
  });
});

describe('roles', () => {
  it('are what the metadata says, or what the texts of tokens say', () => {
    const tokenizer = make(
      [
        ['<s>', CONTROL],
        ['</s>', CONTROL],
        ['<|im_end|>', NORMAL],
        ['<|fim_prefix|>', CONTROL],
        ['<|file_sep|>', CONTROL],
        ['<pad>', CONTROL],
      ],
      { bos_token_id: id(0), eos_token_id: id(1), padding_token_id: id(5) },
    );
    const { beginning, end, endOfTurn, padding, fillPrefix, fillFile, unknown } = tokenizer;
    expect([beginning, end, endOfTurn, padding, fillPrefix, fillFile, unknown]).toEqual([
      0,
      1,
      2,
      5,
      3,
      4,
      undefined,
    ]);
    expect([...tokenizer.endOfGeneration].sort()).toEqual([1, 2, 4]);
    // A token that ends a turn is no text, whatever the file says.
    expect(tokenizer.kind(2)).toBe('control');
  });

  it('of gpt-oss: the end of a message is not the end of a turn', () => {
    const parts = ['<|end|>', '<|return|>', '<|call|>', '<|channel|>'].map(
      (text) => [text, CONTROL] as const,
    );
    const tokenizer = make(parts);
    expect([...tokenizer.endOfGeneration].sort()).toEqual([1, 2]);
    expect([tokenizer.kind(0), tokenizer.kind(3)]).toEqual(['userDefined', 'userDefined']);
  });

  it('put tokens before and behind a text where the file says so', () => {
    const both = {
      bos_token_id: id(0),
      eos_token_id: id(1),
      add_bos_token: flag(true),
      add_eos_token: flag(true),
    };
    const special = [
      ['<s>', CONTROL],
      ['</s>', CONTROL],
    ] as const;
    const tokenizer = make(special, both);
    expect([...tokenizer.encode('')]).toEqual([0, 1]);
    expect([tokenizer.addsBeginning, tokenizer.addsEnd, tokenizer.addsSeparator]).toEqual([
      true,
      true,
      false,
    ]);
    expect([...make(special, { ...both, add_bos_token: flag(false) }).encode('')]).toEqual([1]);
    expect(() => make(special, { add_bos_token: flag(true) })).toThrow(/not named/);
  });
});
