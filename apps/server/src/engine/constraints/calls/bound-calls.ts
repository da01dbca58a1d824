import type { AnswerFormat } from '@halftone/chat';
import type { CallRules } from '../../engine';
import { BoundText } from '../bound-text';
import type { ClosingConstraint } from '../constraint';
import type { TokenTexts } from '../token-texts';
import { NO_PIECE, type TextPiece } from '../utf8';
import { Choice, nothing, type Way } from './choice';
import { callForms, type CallableTools, type CallShape } from './forms';
import { FreeText } from './free-text';

type Place =
  /** With the bytes of a character that has only begun. */
  | { readonly kind: 'text'; readonly text: FreeText; readonly begun: Uint8Array }
  | { readonly kind: 'call'; readonly text: BoundText; readonly shape: CallShape }
  /** Behind a call, where another may follow, or what ends them all. */
  | { readonly kind: 'behind'; readonly text: BoundText; readonly choice: Choice; readonly shape: CallShape }
  | { readonly kind: 'over' };

/**
 * Calls of tools in the format of a model: from what opens a call on, the text is what the format and the schema of one of the tools allow.
 * Whatever is no call is free.
 */
export class BoundCalls implements ClosingConstraint {
  #place: Place;
  #count = 0;
  readonly #marks: ReadonlySet<string>;
  readonly #free: FreeText;

  constructor(
    private readonly texts: TokenTexts,
    format: AnswerFormat,
    tools: CallableTools,
    private readonly rules: CallRules,
  ) {
    const form = callForms[format.calls];
    this.#marks = new Set([...form.marks.keys(), ...form.tokens]);
    this.#free = FreeText.of(format, tools, rules);
    this.#place = { kind: 'text', text: this.#free, begun: NO_PIECE.rest };
  }

  allows(token: number): boolean {
    const place = this.#place;
    if (this.texts.tokenizer.endOfGeneration.has(token))
      return this.#mayEnd(place, this.#pieceOf(token).text);
    switch (place.kind) {
      case 'text':
        return this.#allowsFree(place.text, this.#pieceOf(token, place.begun));
      case 'over':
        return false;
      default:
        return this.#isMark(token)
          ? place.text.allowsMark(this.#pieceOf(token).text)
          : place.text.allows(token);
    }
  }

  accept(token: number): void {
    const place = this.#place;
    if (place.kind === 'over') return;
    if (place.kind === 'text') {
      const piece = this.#pieceOf(token, place.begun);
      const { shape, behind = '' } = place.text.opening(piece.text) ?? {};
      if (shape === undefined) {
        this.#place = {
          kind: 'text',
          text: place.text.after(piece.text),
          begun: Uint8Array.from(piece.rest),
        };
      } else this.#enter(shape, { ...piece, text: behind });
      return;
    }
    if (this.#isMark(token)) place.text.acceptPiece(this.#pieceOf(token));
    else place.text.accept(token);
    if (place.text.isComplete) this.#leave(place);
  }

  closing(): string {
    return this.#place.kind === 'call' || this.#place.kind === 'behind' ? this.#place.text.closing() : '';
  }

  #allowsFree(free: FreeText, piece: TextPiece): boolean {
    const opening = free.opening(piece.text);
    if (opening !== undefined) {
      const { shape, isAtOnce, behind } = opening;
      if (shape === undefined || !this.#mayCall() || (this.#mustCall() && !isAtOnce)) return false;
      return this.#begun(shape).allowsPiece({ ...piece, text: behind });
    }
    return !this.#mustCall() || (!isEmpty(piece) && free.mayOpen(piece));
  }

  #enter(shape: CallShape, behind: TextPiece): void {
    this.#count++;
    const text = this.#begun(shape);
    text.acceptPiece(behind);
    const place = { kind: 'call', text, shape } as const;
    if (text.isComplete) this.#leave(place);
    else this.#place = place;
  }

  #begun({ call }: CallShape): BoundText {
    return new BoundText(this.texts, call());
  }

  /** A call, or what ends all of them, is whole. */
  #leave(place: Extract<Place, { readonly shape: CallShape }>): void {
    const { shape } = place;
    const { next, end } = shape;
    if (end === undefined) {
      this.#place = { kind: 'text', text: this.#free.behindCall(), begun: NO_PIECE.rest };
      return;
    }
    if (place.kind === 'behind' && place.choice.head === end) {
      this.#place = { kind: 'over' };
      return;
    }
    const ways: (readonly [string, Way])[] = end === '' ? [] : [[end, () => nothing]];
    if (this.rules.isParallel) ways.push(...next);
    const choice = new Choice(ways);
    this.#place = { kind: 'behind', text: new BoundText(this.texts, choice), choice, shape };
  }

  #mayEnd(place: Place, mark: string): boolean {
    switch (place.kind) {
      case 'text':
        return !this.#mustCall();
      case 'over':
        return true;
      case 'behind':
        if (place.choice.isUntouched && place.shape.end === '') return true;
    }
    // What ends a call may end the answer as well.
    return mark !== '' && place.text.allowsMark(mark);
  }

  /** Whether a token is one of the marks, and no text. */
  #isMark(token: number): boolean {
    return this.texts.piece(token) === undefined && this.#marks.has(this.texts.tokenizer.text(token));
  }

  /** What a token holds behind a character that has begun. The marks may be control tokens; all others have no text here. */
  #pieceOf(token: number, begun = NO_PIECE.rest): TextPiece {
    const piece = this.texts.piece(token, begun);
    if (piece !== undefined) return piece;
    if (!this.#isMark(token)) return { ...NO_PIECE, rest: begun };
    // A character that a mark cuts off is none.
    return { ...NO_PIECE, text: `${begun.length === 0 ? '' : '\ufffd'}${this.texts.tokenizer.text(token)}` };
  }

  #mayCall(): boolean {
    return this.rules.choice !== 'none' && (this.rules.isParallel || this.#count === 0);
  }

  #mustCall(): boolean {
    const { choice } = this.rules;
    return choice !== 'auto' && choice !== 'none' && this.#count === 0;
  }
}

/** Whether a piece brings nothing. */
function isEmpty({ text, next }: TextPiece): boolean {
  return text === '' && next === undefined;
}
