import { JsonMatcher } from '@halftone/grammar';
import type { Tokenizer } from '@halftone/tokenizer';
import type { CallRules } from '../engine';
import { BoundText } from './bound-text';
import type { ClosingConstraint } from './constraint';
import type { TokenTexts } from './token-texts';
import type { ToolSchemas } from './tool-schemas';

/** The control tokens of a call, `[TOOL_CALLS]name[CALL_ID]id[ARGS]{…}`; only some models write ids. */
export interface MistralMarks {
  readonly calls: number;
  readonly id: number | undefined;
  readonly arguments: number;
}

/** Letters and digits of an id. */
const ID_LENGTH = 9;

/** The marks of a vocabulary; `undefined` where they are no control tokens, and text alone tells of a call. */
export function mistralMarks(tokenizer: Tokenizer, withIds: boolean): MistralMarks | undefined {
  const mark = (text: string): number | undefined => {
    const token = tokenizer.idOf(text);
    return token !== undefined && tokenizer.kind(token) === 'control' ? token : undefined;
  };
  const [calls, id, values] = [mark('[TOOL_CALLS]'), mark('[CALL_ID]'), mark('[ARGS]')];
  if (calls === undefined || values === undefined || (withIds && id === undefined)) return undefined;
  return { calls, id: withIds ? id : undefined, arguments: values };
}

type Place =
  | { readonly kind: 'text' }
  | { readonly kind: 'name'; readonly typed: string }
  | { readonly kind: 'id'; readonly name: string; readonly length: number }
  | { readonly kind: 'arguments'; readonly text: BoundText };

/**
 * Calls in the form of Mistral's models: a call names a tool that there is, and its arguments are what the schema of that tool allows, from
 * their first letter on. Whatever is no call is free.
 */
export class MistralCalls implements ClosingConstraint {
  #place: Place = { kind: 'text' };
  #count = 0;

  constructor(
    private readonly texts: TokenTexts,
    private readonly marks: MistralMarks,
    /** The tools that may be called. */
    private readonly tools: ToolSchemas,
    private readonly rules: CallRules,
  ) {}

  allows(token: number): boolean {
    const { marks } = this;
    const place = this.#place;
    switch (place.kind) {
      case 'text':
        return token === marks.calls ? this.#mayCall() : !this.#mustCall();
      case 'name':
        if (token === (marks.id ?? marks.arguments)) return this.tools.has(place.typed);
        return this.#isName(place.typed, token);
      case 'id':
        if (token === marks.arguments) return place.length === ID_LENGTH;
        return place.length + this.#idLength(token) <= ID_LENGTH;
      case 'arguments':
        if (place.text.isComplete) {
          return token === marks.calls ? this.#mayCall() : this.texts.tokenizer.endOfGeneration.has(token);
        }
        return place.text.allows(token);
    }
  }

  accept(token: number): void {
    const { marks } = this;
    if (token === marks.calls) {
      this.#count++;
      this.#place = { kind: 'name', typed: '' };
      return;
    }
    const place = this.#place;
    const text = this.texts.of(token) ?? '';
    switch (place.kind) {
      case 'text':
        return;
      case 'name':
        if (token === marks.id) this.#place = { kind: 'id', name: place.typed, length: 0 };
        else if (token === marks.arguments) this.#place = this.#arguments(place.typed);
        else this.#place = { kind: 'name', typed: place.typed + text };
        return;
      case 'id':
        this.#place =
          token === marks.arguments
            ? this.#arguments(place.name)
            : { ...place, length: place.length + text.length };
        return;
      case 'arguments':
        place.text.accept(token);
    }
  }

  closing(): string {
    return this.#place.kind === 'arguments' ? this.#place.text.closing() : '';
  }

  #arguments(name: string): Place {
    // The mark of the arguments comes behind a name that there is.
    const matcher = new JsonMatcher(this.tools.get(name) ?? true);
    return { kind: 'arguments', text: new BoundText(this.texts, matcher) };
  }

  #mayCall(): boolean {
    if (this.rules.choice === 'none' || this.tools.size === 0) return false;
    return this.rules.isParallel || this.#count === 0;
  }

  #mustCall(): boolean {
    const { choice } = this.rules;
    return choice !== 'auto' && choice !== 'none' && this.#count === 0;
  }

  #isName(typed: string, token: number): boolean {
    const text = this.texts.of(token);
    if (text === undefined) return false;
    return [...this.tools.keys()].some((name) => name.startsWith(typed + text));
  }

  #idLength(token: number): number {
    const text = this.texts.of(token) ?? '';
    return /^[a-zA-Z0-9]+$/.test(text) ? text.length : Infinity;
  }
}
