import type { Tokenizer } from '@halftone/tokenizer';

/** The texts that tokens stand for, each looked up once. */
export class TokenTexts {
  readonly #texts: (string | undefined)[] = [];

  constructor(readonly tokenizer: Tokenizer) {}

  /** The text of a token that is no control token; `undefined` for those. Bytes of a character that is in several tokens are U+FFFD. */
  of(token: number): string | undefined {
    return (this.#texts[token] ??= this.#read(token));
  }

  /** UTF-16 units of the longest. */
  longest(): number {
    let longest = 1;
    for (let token = 0; token < this.tokenizer.size; token++) {
      longest = Math.max(longest, this.tokenizer.text(token).length);
    }
    return longest;
  }

  #read(token: number): string | undefined {
    const kind = this.tokenizer.kind(token);
    if (kind === 'control' || kind === 'unknown') return undefined;
    const decoder = this.tokenizer.streamDecoder();
    const text = decoder.push(token) + decoder.finish();
    return text === '' ? undefined : text;
  }
}
