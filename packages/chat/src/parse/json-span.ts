/**
 * Finds the end of an object or an array of JSON in text that comes in pieces. It looks at quotes and brackets alone: what
 * is inside may be no JSON.
 */
export class JsonSpan {
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #held = '';
  /** Whether the last bracket has been closed. */
  complete = false;
  /** Whether the stop mark came before that, outside of quotes. */
  stopped = false;
  /** What has been taken since it was last asked for. */
  #fresh = '';
  readonly #stop: string;

  /**
   * @param stop - a mark that ends the span, because no JSON has it outside of quotes: it begins with a character that
   * stands nowhere else in it.
   */
  constructor(stop: string) {
    this.#stop = stop;
  }

  /** The text that was taken since the last call. */
  takeFresh(): string {
    const fresh = this.#fresh;
    this.#fresh = '';
    return fresh;
  }

  /** What is held back, because the stop mark may begin with it, is text after all: nothing follows. */
  finish(): void {
    this.#fresh += this.#held;
    this.#held = '';
  }

  /** Take one character. Not to be called when the span is complete or stopped. */
  take(character: string): void {
    if (!this.#quoted && this.#stop.startsWith(this.#held + character)) {
      this.#held += character;
      this.stopped = this.#held === this.#stop;
      return;
    }
    for (const one of this.#held) this.#read(one);
    this.#held = '';
    // What was held may have closed nothing and opened brackets only: the span goes on.
    if (!this.#quoted && this.#stop.startsWith(character)) this.#held = character;
    else this.#read(character);
  }

  #read(character: string): void {
    this.#fresh += character;
    if (this.#escaped) this.#escaped = false;
    else if (this.#quoted) this.#readQuoted(character);
    else if (character === '"') this.#quoted = true;
    else if (character === '{' || character === '[') this.#depth++;
    else if (character === '}' || character === ']') {
      this.#depth--;
      this.complete = this.#depth === 0;
    }
  }

  #readQuoted(character: string): void {
    if (character === '\\') this.#escaped = true;
    else if (character === '"') this.#quoted = false;
  }
}
