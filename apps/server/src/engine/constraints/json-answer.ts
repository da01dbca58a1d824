import { JsonMatcher, type CompiledSchema } from '@halftone/grammar';
import { BoundText } from './bound-text';
import type { ClosingConstraint } from './constraint';
import type { TokenTexts } from './token-texts';

/** An answer that is JSON by a schema, and nothing else. */
export class JsonAnswer implements ClosingConstraint {
  readonly #text: BoundText;

  constructor(
    private readonly texts: TokenTexts,
    schema: CompiledSchema,
  ) {
    this.#text = new BoundText(texts, new JsonMatcher(schema));
  }

  allows(token: number): boolean {
    const { isComplete } = this.#text;
    if (this.texts.tokenizer.endOfGeneration.has(token)) return isComplete;
    // A model that may write space behind its answer likes to write nothing else.
    if (isComplete && this.texts.of(token)?.trim() === '') return false;
    return this.#text.allows(token);
  }

  accept(token: number): void {
    this.#text.accept(token);
  }

  closing(): string {
    return this.#text.closing();
  }
}
