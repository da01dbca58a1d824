import { readGrammar, TextMatcher, type Rules } from '@halftone/grammar';
import type { TokenConstraint } from '@halftone/runtime';
import type { Tokenizer } from '@halftone/tokenizer';
import { BoundText } from './bound-text';
import type { ClosingConstraint } from './constraint';
import { TokenTexts } from './token-texts';

/** Binds a text to a grammar in GBNF, whose rule `root` it has to be. @throws GrammarError. */
export function grammarConstraint(tokenizer: Tokenizer, grammar: string): TokenConstraint {
  return new TextAnswer(new TokenTexts(tokenizer), readGrammar(grammar));
}

/** An answer that is what a grammar or a regular expression says, and nothing else. */
export class TextAnswer implements ClosingConstraint {
  readonly #text: BoundText;

  constructor(
    private readonly texts: TokenTexts,
    rules: Rules,
  ) {
    this.#text = new BoundText(texts, new TextMatcher(rules));
  }

  allows(token: number): boolean {
    if (this.texts.tokenizer.endOfGeneration.has(token)) return this.#text.isComplete;
    return this.#text.allows(token);
  }

  accept(token: number): void {
    this.#text.accept(token);
  }

  closing(): string {
    return this.#text.closing();
  }
}
