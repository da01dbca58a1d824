import type { Tokenizer } from '@halftone/tokenizer';
import { textPiece, type TextPiece } from './utf8';

/** The texts that tokens stand for, each looked up once. */
export class TokenTexts {
  readonly #texts: (string | undefined)[] = [];
  readonly #pieces: (TextPiece | undefined)[] = [];

  constructor(readonly tokenizer: Tokenizer) {}

  /** The text of a token that is no control token; `undefined` for those. Bytes of a character that is in several tokens are U+FFFD. */
  of(token: number): string | undefined {
    return (this.#texts[token] ??= this.#read(token));
  }

  /**
   * The text of a token that is no control token, as far as its characters are whole, behind the bytes of a character that has only begun;
   * `undefined` for control tokens.
   */
  piece(token: number, begun: Uint8Array = NOTHING): TextPiece | undefined {
    if (begun.length === 0) return (this.#pieces[token] ??= pieceOf(this.bytes(token)));
    const bytes = this.bytes(token);
    return bytes.length === 0 ? undefined : textPiece(Uint8Array.of(...begun, ...bytes));
  }

  /** The bytes of a token; none where it is a control token. */
  bytes(token: number): Uint8Array {
    return this.#isText(token) ? this.tokenizer.bytes(token) : NOTHING;
  }

  /** UTF-16 units of the longest text of a token, as the file has it. */
  longest(): number {
    let longest = 1;
    for (let token = 0; token < this.tokenizer.size; token++) {
      longest = Math.max(longest, this.tokenizer.text(token).length);
    }
    return longest;
  }

  #read(token: number): string | undefined {
    if (!this.#isText(token)) return undefined;
    const decoder = this.tokenizer.streamDecoder();
    const text = decoder.push(token) + decoder.finish();
    return text === '' ? undefined : text;
  }

  #isText(token: number): boolean {
    const kind = this.tokenizer.kind(token);
    return kind !== 'control' && kind !== 'unknown';
  }
}

const NOTHING = new Uint8Array();

function pieceOf(bytes: Uint8Array): TextPiece | undefined {
  return bytes.length === 0 ? undefined : textPiece(bytes);
}
