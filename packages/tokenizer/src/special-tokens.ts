import { TokenizerError } from './error';
import { NONE } from './pair-table';
import { TokenTrie } from './token-trie';

/**
 * UTF-16 units of a token that is looked for in texts. Threat: one that nearly fits is tried at every place of a text.
 * Largest: under 150 (lines of spaces, names of images).
 */
const MAX_LENGTH = 4096;

/** Whether a special token takes the white space on its sides with it. */
export interface TokenAttributes {
  /** The white space before the token belongs to it. */
  readonly leftStrip: boolean;
  /** The white space behind the token belongs to it. */
  readonly rightStrip: boolean;
}

/** A piece of a text: what stands between special tokens, or the id of one. */
export type TextPiece = string | number;

/** Finds tokens that stand for themselves in a text. */
export class SpecialTokens {
  readonly #trie: TokenTrie;
  /** Whether a token begins with a UTF-16 unit. */
  readonly #begins = new Uint8Array(65536);
  readonly #attributes: (id: number) => TokenAttributes;

  /** @throws {@link TokenizerError} `too-long`. */
  constructor(
    tokens: Iterable<readonly [text: string, id: number]>,
    attributes: (id: number) => TokenAttributes,
  ) {
    this.#attributes = attributes;
    const all = [...tokens];
    for (const [text] of all) {
      this.#begins[text.charCodeAt(0)] = 1;
      if (text.length <= MAX_LENGTH) continue;
      throw new TokenizerError('too-long', 'a special token is too long to be looked for in texts', {
        found: text.length,
        allowed: `up to ${MAX_LENGTH}`,
      });
    }
    this.#trie = new TokenTrie(all);
  }

  /** Cut a text at its special tokens, the leftmost first and the longest of those that begin at one place. */
  *cut(text: string): Generator<TextPiece, void, undefined> {
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      if (this.#begins[text.charCodeAt(at)] === 0) continue;
      const { id, end } = this.#trie.longest(text, at);
      if (id === NONE) continue;
      const { leftStrip, rightStrip } = this.#attributes(id);
      const before = leftStrip ? spaceBefore(text, start, at) : at;
      if (before > start) yield text.slice(start, before);
      yield id;
      start = rightStrip ? spaceBehind(text, end) : end;
      at = start - 1;
    }
    if (start < text.length) yield text.slice(start);
  }
}

/** The white space of C, which is llama.cpp's here. */
const isSpace = (unit: number): boolean => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);

function spaceBefore(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

function spaceBehind(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}
