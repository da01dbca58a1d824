import { JsonMatcher, type CompiledSchema, type JsonSchema } from '@halftone/grammar';
import type { CallRules } from '../engine';
import { BoundText } from './bound-text';
import type { ClosingConstraint } from './constraint';
import type { TokenTexts } from './token-texts';
import type { ToolSchemas } from './tool-schemas';

const OPENING = '<tool_call>';
const CLOSING = '</tool_call>';

/**
 * Calls in the form of Hermes' and Qwen's models, `<tool_call>{"name": …, "arguments": {…}}</tool_call>`: from the opening mark on the text is
 * what the schema of one of the tools allows. Whatever is no call is free.
 */
export class HermesCalls implements ClosingConstraint {
  /** The end of the free text, as much as may be the beginning of a mark. */
  #tail = '';
  #call: BoundText | undefined;
  #count = 0;

  /** @param schema - what a call may be: of {@link hermesCall}. */
  constructor(
    private readonly texts: TokenTexts,
    private readonly schema: CompiledSchema,
    private readonly rules: CallRules,
  ) {}

  allows(token: number): boolean {
    if (this.texts.tokenizer.endOfGeneration.has(token)) return this.#call === undefined && !this.#mustCall();
    const text = this.#textOf(token);
    if (this.#call !== undefined) {
      return this.#isMark(token) ? this.#call.allowsText(text) : this.#call.allows(token);
    }
    const { before, behind } = this.#split(text);
    if (behind !== undefined) {
      return (!this.#mustCall() || before === '') && this.#mayCall() && this.#open().allowsText(behind);
    }
    return !this.#mustCall() || (text !== '' && OPENING.startsWith(before));
  }

  accept(token: number): void {
    const text = this.#textOf(token);
    if (this.#call !== undefined) {
      if (this.#isMark(token)) this.#call.acceptText(text);
      else this.#call.accept(token);
      if (this.#call.isComplete) this.#call = undefined;
      return;
    }
    const { before, behind } = this.#split(text);
    this.#tail = behind === undefined ? before.slice(-OPENING.length) : '';
    if (behind === undefined) return;
    this.#count++;
    this.#call = this.#open();
    this.#call.acceptText(behind);
  }

  closing(): string {
    return this.#call?.closing() ?? '';
  }

  /** Free text with a piece at its end: what stands before an opening mark, and behind it if there is one. */
  #split(text: string): { readonly before: string; readonly behind: string | undefined } {
    const all = this.#tail + text;
    const place = all.indexOf(OPENING);
    if (place < 0) return { before: all, behind: undefined };
    return { before: all.slice(0, place), behind: all.slice(place + OPENING.length) };
  }

  #open(): BoundText {
    return new BoundText(this.texts, new JsonMatcher(this.schema, CLOSING));
  }

  /** Whether a token is one of the marks, and no text. */
  #isMark(token: number): boolean {
    return this.texts.of(token) === undefined && this.#textOf(token) !== '';
  }

  /** The marks may be control tokens; all others have no text here. */
  #textOf(token: number): string {
    const text = this.texts.of(token);
    if (text !== undefined) return text;
    const name = this.texts.tokenizer.text(token);
    return name === OPENING || name === CLOSING ? name : '';
  }

  #mayCall(): boolean {
    return this.rules.choice !== 'none' && (this.rules.isParallel || this.#count === 0);
  }

  #mustCall(): boolean {
    const { choice } = this.rules;
    return choice !== 'auto' && choice !== 'none' && this.#count === 0;
  }
}

/** What a call of one of some tools may be. */
export function hermesCall(tools: ToolSchemas): JsonSchema {
  const calls = [...tools].map(([name, parameters]) => ({
    type: 'object',
    properties: { name: { const: name }, arguments: parameters },
    required: ['name', 'arguments'],
    additionalProperties: false,
  }));
  return { anyOf: calls };
}
