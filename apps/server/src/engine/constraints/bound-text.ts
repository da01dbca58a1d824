import { allowsMark, type Matcher } from './matcher';
import type { TokenTexts } from './token-texts';
import { textPiece, type TextPiece } from './utf8';

/** Binds the text of tokens to what a matcher allows. A character may stand in several tokens: it may come if one that begins like it may. */
export class BoundText {
  /** The bytes of a character that has only begun. */
  #begun = new Uint8Array();

  constructor(
    private readonly texts: TokenTexts,
    private readonly matcher: Matcher,
  ) {}

  /** Whether the text is all of it. */
  get isComplete(): boolean {
    return this.#begun.length === 0 && this.matcher.isComplete;
  }

  /** Whether a token may come next; control tokens may not. */
  allows(token: number): boolean {
    const piece = this.#pieceOf(token);
    if (piece === undefined) return false;
    const { text, next } = piece;
    return next === undefined ? this.matcher.allows(text) : this.matcher.allowsSome(text, next);
  }

  /** A token came. */
  accept(token: number): void {
    const { text = '', rest = new Uint8Array() } = this.#pieceOf(token) ?? {};
    this.matcher.accept(text);
    this.#begun = Uint8Array.from(rest);
  }

  /** Whether a text may come next. */
  allowsText(text: string): boolean {
    return this.#begun.length === 0 && this.matcher.allows(text);
  }

  /** Whether a control token may come next, by its text. */
  allowsMark(mark: string): boolean {
    return this.#begun.length === 0 && allowsMark(this.matcher, mark);
  }

  /** A text came. */
  acceptText(text: string): void {
    this.matcher.accept(text);
  }

  /** What makes JSON whole that is cut off here; empty where there is nothing to close. */
  closing(): string {
    return this.matcher.closing?.() ?? '';
  }

  #pieceOf(token: number): TextPiece | undefined {
    if (this.#begun.length === 0) return this.texts.piece(token);
    const bytes = this.texts.bytes(token);
    return bytes.length === 0 ? undefined : textPiece(Uint8Array.of(...this.#begun, ...bytes));
  }
}
