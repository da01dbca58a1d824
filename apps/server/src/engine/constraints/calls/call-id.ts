import { CALL_ID_LENGTH } from '@halftone/chat';
import type { Range } from '@halftone/grammar';
import { allowsMark, type Matcher } from '../matcher';

/** The id of a call, and what follows it. */
export class CallId implements Matcher {
  #length = 0;

  constructor(private readonly rest: Matcher) {}

  get isComplete(): boolean {
    return this.rest.isComplete;
  }

  allows(text: string): boolean {
    const { id, rest } = this.#split(text);
    return isId(id) && (rest === '' || this.rest.allows(rest));
  }

  allowsMark(mark: string): boolean {
    return this.#length === CALL_ID_LENGTH && allowsMark(this.rest, mark);
  }

  allowsSome(text: string, range: Range): boolean {
    const { id, rest } = this.#split(text);
    return isId(id) && this.#length + id.length === CALL_ID_LENGTH && this.rest.allowsSome(rest, range);
  }

  accept(text: string): void {
    const { id, rest } = this.#split(text);
    this.#length += id.length;
    if (rest !== '') this.rest.accept(rest);
  }

  closing(): string {
    return this.rest.closing?.() ?? '';
  }

  #split(text: string): { readonly id: string; readonly rest: string } {
    const left = CALL_ID_LENGTH - this.#length;
    return { id: text.slice(0, left), rest: text.slice(left) };
  }
}

function isId(text: string): boolean {
  return /^[a-zA-Z0-9]*$/.test(text);
}
