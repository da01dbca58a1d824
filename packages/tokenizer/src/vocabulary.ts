import type { GgufMetadata } from '@halftone/gguf-io';
import { TokenizerError } from './error';
import { optionalNumbers, strings } from './metadata';
import { NONE } from './pair-table';
import { TokenIndex } from './token-index';

/**
 * Tokens of a vocabulary. Threat: each costs a string, a place in a map and several in tables, from as few as 8 bytes in a file,
 * and 4 bytes in every row of logits. Largest: 262,144 (Gemma 3).
 */
export const MAX_TOKENS = 1 << 21;

/** The kinds of tokens, by llama.cpp's numbers of `tokenizer.ggml.token_type`. */
export const tokenKinds = [
  'undefined',
  'normal',
  'unknown',
  'control',
  'userDefined',
  'unused',
  'byte',
] as const;

/** See {@link tokenKinds}. */
export type TokenKind = (typeof tokenKinds)[number];

/** The tokens of a model: their texts, and of what kind they are. */
export class Vocabulary {
  readonly #kinds: TokenKind[];

  private constructor(
    /** The text of each token, as the file has it. */
    readonly texts: readonly string[],
    readonly index: TokenIndex,
    kinds: TokenKind[],
  ) {
    this.#kinds = kinds;
  }

  /**
   * Read the tokens and their kinds.
   *
   * @throws {@link TokenizerError} when they are missing, of a wrong type, too many or of unequal lengths, or when two tokens are one.
   */
  static read(metadata: GgufMetadata): Vocabulary {
    const texts = strings(metadata, 'tokenizer.ggml.tokens', MAX_TOKENS);
    const types = optionalNumbers(metadata, 'tokenizer.ggml.token_type', texts.length);
    const index = new TokenIndex(texts);
    texts.forEach((text, id) => {
      // Converters leave places without a token empty.
      if (text === '') return;
      const first = index.add(id);
      if (first !== NONE) throw duplicate(text, first, id);
    });
    const kinds = texts.map((_, id) => tokenKinds[types?.[id] ?? 1] ?? 'undefined');
    return new Vocabulary(texts, index, kinds);
  }

  /** How many tokens there are. */
  get size(): number {
    return this.texts.length;
  }

  /** @throws {@link TokenizerError} `out-of-range`. */
  text(id: number): string {
    return this.texts[id] ?? this.#noSuchToken(id);
  }

  /** @throws {@link TokenizerError} `out-of-range`. */
  kind(id: number): TokenKind {
    return this.#kinds[id] ?? this.#noSuchToken(id);
  }

  /** Say that a token is of another kind than the file does. */
  setKind(id: number, kind: TokenKind): void {
    this.#kinds[id] = kind;
  }

  /** The token of a text. */
  idOf(text: string): number | undefined {
    const id = this.index.find(text);
    return id === NONE ? undefined : id;
  }

  /** The token of a part of a text, if text that is not parsed for special tokens may become it. */
  idOfWord(text: string, start = 0, end = text.length): number | undefined {
    const id = this.index.find(text, start, end);
    if (id === NONE) return undefined;
    const kind = this.#kinds[id];
    return kind === 'control' || kind === 'unknown' || kind === 'byte' ? undefined : id;
  }

  /** Tokens of these kinds, with their texts; those without a text are left out. */
  *ofKinds(...kinds: readonly TokenKind[]): Generator<readonly [text: string, id: number], void, undefined> {
    for (const [id, text] of this.texts.entries()) {
      if (text !== '' && kinds.includes(this.kind(id))) yield [text, id];
    }
  }

  #noSuchToken(id: number): never {
    throw new TokenizerError('out-of-range', 'there is no such token', {
      found: id,
      allowed: `0 to ${this.size - 1}`,
    });
  }
}

function duplicate(text: string, first: number, second: number): TokenizerError {
  return new TokenizerError('duplicate-token', `the tokens ${first} and ${second} have one text`, {
    found: JSON.stringify(text),
    advice: 'Convert the model again: its vocabulary is damaged.',
  });
}
