import type { AnswerFormat } from '@halftone/chat';
import type { CallRules } from '../../engine';
import { BoundText } from '../bound-text';
import type { ClosingConstraint } from '../constraint';
import type { TokenTexts } from '../token-texts';
import { Choice, nothing, type Way } from './choice';
import { callForms, type CallableTools, type CallShape } from './forms';
import { FreeText } from './free-text';

type Place =
  | { readonly kind: 'text'; readonly text: FreeText }
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
    this.#place = { kind: 'text', text: this.#free };
  }

  allows(token: number): boolean {
    const place = this.#place;
    const text = this.#textOf(token);
    if (this.texts.tokenizer.endOfGeneration.has(token)) return this.#mayEnd(place, text);
    switch (place.kind) {
      case 'text':
        return this.#allowsFree(place.text, text);
      case 'over':
        return false;
      default:
        return this.#isMark(token, text) ? place.text.allowsMark(text) : place.text.allows(token);
    }
  }

  accept(token: number): void {
    const place = this.#place;
    const text = this.#textOf(token);
    if (place.kind === 'over') return;
    if (place.kind === 'text') {
      const { shape, behind = '' } = place.text.opening(text) ?? {};
      if (shape === undefined) this.#place = { kind: 'text', text: place.text.after(text) };
      else this.#enter(shape, behind);
      return;
    }
    if (this.#isMark(token, text)) place.text.acceptText(text);
    else place.text.accept(token);
    if (place.text.isComplete) this.#leave(place);
  }

  closing(): string {
    return this.#place.kind === 'call' || this.#place.kind === 'behind' ? this.#place.text.closing() : '';
  }

  #allowsFree(free: FreeText, text: string): boolean {
    const opening = free.opening(text);
    if (opening !== undefined) {
      const { shape, isAtOnce, behind } = opening;
      if (shape === undefined || !this.#mayCall() || (this.#mustCall() && !isAtOnce)) return false;
      return this.#begun(shape).allowsText(behind);
    }
    return !this.#mustCall() || (text !== '' && free.mayOpen(text));
  }

  #enter(shape: CallShape, behind: string): void {
    this.#count++;
    const text = this.#begun(shape);
    text.acceptText(behind);
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
      this.#place = { kind: 'text', text: this.#free.behindCall() };
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
  #isMark(token: number, text: string): boolean {
    return text !== '' && this.texts.of(token) === undefined;
  }

  /** The marks may be control tokens; all others have no text here. */
  #textOf(token: number): string {
    const text = this.texts.of(token);
    if (text !== undefined) return text;
    const name = this.texts.tokenizer.text(token);
    return this.#marks.has(name) ? name : '';
  }

  #mayCall(): boolean {
    return this.rules.choice !== 'none' && (this.rules.isParallel || this.#count === 0);
  }

  #mustCall(): boolean {
    const { choice } = this.rules;
    return choice !== 'auto' && choice !== 'none' && this.#count === 0;
  }
}
