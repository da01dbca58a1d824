import { TokenizerError } from './error';
import type { Vocabulary } from './vocabulary';

const encoder = new TextEncoder();

/** How SentencePiece and its kin write a space. */
export const SPACE = '\u2581';

/** The text of the token of a byte: `<0x0A>`. */
const textOfByte = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/** Tokens of single bytes, for characters that are no tokens. */
export class ByteTokens {
  readonly #ids: readonly (number | undefined)[];
  readonly #unknown: number | undefined;

  constructor(
    vocabulary: Vocabulary,
    /** In the place of a character whose bytes have no tokens. */
    unknown: number | undefined,
  ) {
    this.#unknown = unknown;
    this.#ids = Array.from({ length: 256 }, (_, byte) => vocabulary.idOf(textOfByte(byte)));
  }

  /** The tokens of a character's bytes, or the unknown token in their place. @throws {@link TokenizerError} `no-token`. */
  of(character: string): number[] {
    const bytes = encoder.encode(character);
    if (this.#unknown !== undefined && bytes.some((byte) => this.#ids[byte] === undefined))
      return [this.#unknown];
    return Array.from(bytes, (byte) => this.#ids[byte] ?? noToken(byte));
  }
}

/** What a token stands for where spaces are written as {@link SPACE} and bytes as `<0x0A>`. @throws {@link TokenizerError} `bad-token`. */
export function bytesOfPlainToken(vocabulary: Vocabulary, id: number): Uint8Array {
  const text = vocabulary.text(id);
  if (vocabulary.kind(id) !== 'byte') return encoder.encode(text.replaceAll(SPACE, ' '));
  const digits = /^<0x([0-9A-Fa-f]{2})>$/.exec(text)?.[1];
  if (digits !== undefined) return Uint8Array.of(Number.parseInt(digits, 16));
  throw new TokenizerError('bad-token', `the token ${id} is said to be a byte`, {
    found: JSON.stringify(text),
    allowed: '<0x00> to <0xFF>',
    advice: 'Convert the model again: its vocabulary is damaged.',
  });
}

/** A byte of a text that no token stands for. */
export function noToken(byte: number): never {
  throw new TokenizerError('no-token', 'the vocabulary has no token for a byte of the text', {
    found: textOfByte(byte),
  });
}
