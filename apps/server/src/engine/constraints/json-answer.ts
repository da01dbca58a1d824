import { JsonMatcher, type JsonSchema } from '@halftone/grammar';
import type { ClosingConstraint } from './constraint';
import type { TokenTexts } from './token-texts';

/** An answer that is JSON by a schema, and nothing else. */
export class JsonAnswer implements ClosingConstraint {
  readonly #matcher: JsonMatcher;

  constructor(
    private readonly texts: TokenTexts,
    schema: JsonSchema,
  ) {
    this.#matcher = new JsonMatcher(schema);
  }

  allows(token: number): boolean {
    const isComplete = this.#matcher.isComplete;
    if (this.texts.tokenizer.endOfGeneration.has(token)) return isComplete;
    const text = this.texts.of(token);
    if (text === undefined || (isComplete && text.trim() === '')) return false;
    return this.#matcher.allows(text);
  }

  accept(token: number): void {
    this.#matcher.accept(this.texts.of(token) ?? '');
  }

  closing(): string {
    return this.#matcher.closing() ?? '';
  }
}
