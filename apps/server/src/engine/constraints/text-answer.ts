import { readGrammar, TextMatcher, type Rules } from '@halftone/grammar';
import type { TokenConstraint } from '@halftone/runtime';
import type { Tokenizer } from '@halftone/tokenizer';
import type { ClosingConstraint } from './constraint';
import { TokenTexts } from './token-texts';

/** Binds a text to a grammar in GBNF, whose rule `root` it has to be. @throws GrammarError. */
export function grammarConstraint(tokenizer: Tokenizer, grammar: string): TokenConstraint {
  return new TextAnswer(new TokenTexts(tokenizer), readGrammar(grammar));
}

/** An answer that is what a grammar or a regular expression says, and nothing else. */
export class TextAnswer implements ClosingConstraint {
  readonly #matcher: TextMatcher;

  constructor(
    private readonly texts: TokenTexts,
    rules: Rules,
  ) {
    this.#matcher = new TextMatcher(rules);
  }

  allows(token: number): boolean {
    if (this.texts.tokenizer.endOfGeneration.has(token)) return this.#matcher.isComplete;
    const text = this.texts.of(token);
    return text !== undefined && this.#matcher.allows(text);
  }

  accept(token: number): void {
    this.#matcher.accept(this.texts.of(token) ?? '');
  }

  closing(): string {
    // A grammar may want anything next: only JSON is closed.
    return '';
  }
}
