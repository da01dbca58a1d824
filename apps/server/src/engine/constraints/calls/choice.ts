import type { Range } from '@halftone/grammar';
import { allowsMark, type Matcher } from '../matcher';
import { startsWithPiece } from '../utf8';

/** What may follow a text: made when it is there. */
export type Way = () => Matcher;

/** One of some texts, none of which begins another, and what follows it. */
export class Choice implements Matcher {
  /** The texts that begin as was typed. */
  #open: readonly (readonly [head: string, way: Way])[];
  #typed = '';
  #body: Matcher | undefined;
  #head: string | undefined;

  constructor(ways: Iterable<readonly [head: string, way: Way]>) {
    this.#open = [...ways];
  }

  get isComplete(): boolean {
    return this.#body?.isComplete ?? false;
  }

  /** The text that was chosen, once it is whole. */
  get head(): string | undefined {
    return this.#head;
  }

  /** Whether nothing has come yet. */
  get isUntouched(): boolean {
    return this.#typed === '';
  }

  allows(text: string): boolean {
    if (this.#body !== undefined) return this.#body.allows(text);
    const typed = this.#typed + text;
    return this.#open.some(
      ([head, way]) =>
        head.startsWith(typed) || (typed.startsWith(head) && way().allows(typed.slice(head.length))),
    );
  }

  allowsMark(mark: string): boolean {
    return this.#body === undefined ? this.allows(mark) : allowsMark(this.#body, mark);
  }

  allowsSome(text: string, range: Range): boolean {
    if (this.#body !== undefined) return this.#body.allowsSome(text, range);
    const typed = this.#typed + text;
    return this.#open.some(([head, way]) => {
      if (typed.startsWith(head)) return way().allowsSome(typed.slice(head.length), range);
      return startsWithPiece(head, { text: typed, next: range });
    });
  }

  accept(text: string): void {
    this.#typed += text;
    if (this.#body !== undefined) {
      this.#body.accept(text);
      return;
    }
    const typed = this.#typed;
    this.#open = this.#open.filter(([head]) => head.startsWith(typed) || typed.startsWith(head));
    const chosen = this.#open.find(([head]) => typed.startsWith(head));
    if (chosen === undefined) return;
    const [head, way] = chosen;
    this.#head = head;
    this.#body = way();
    if (typed.length > head.length) this.#body.accept(typed.slice(head.length));
  }

  closing(): string {
    return this.#body?.closing?.() ?? '';
  }
}

/** Nothing more. */
export const nothing: Matcher = {
  isComplete: true,
  allows: (text) => text === '',
  allowsSome: () => false,
  accept: () => undefined,
};
