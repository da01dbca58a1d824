import { allowsMark, type Matcher } from './matcher';
import type { TokenTexts } from './token-texts';
import { NO_PIECE, type TextPiece } from './utf8';

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
    const piece = this.texts.piece(token, this.#begun);
    return piece !== undefined && this.allowsPiece(piece);
  }

  /** A token came. */
  accept(token: number): void {
    this.acceptPiece(this.texts.piece(token, this.#begun) ?? NO_PIECE);
  }

  /** Whether a piece may come next, which goes on with the character that had begun. */
  allowsPiece({ text, next }: TextPiece): boolean {
    return next === undefined ? this.matcher.allows(text) : this.matcher.allowsSome(text, next);
  }

  /** Such a piece came. */
  acceptPiece({ text, rest }: TextPiece): void {
    this.matcher.accept(text);
    this.#begun = Uint8Array.from(rest);
  }

  /** Whether a control token may come next, by its text. */
  allowsMark(mark: string): boolean {
    return this.#begun.length === 0 && allowsMark(this.matcher, mark);
  }

  /** What makes JSON whole that is cut off here; empty where there is nothing to close. */
  closing(): string {
    return this.matcher.closing?.() ?? '';
  }
}
