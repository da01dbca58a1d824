/** Collects text up to a mark, which begins with a character that stands nowhere else in it. */
export class UntilMark {
  #text = '';
  #held = '';
  readonly #mark: string;

  constructor(mark: string) {
    this.#mark = mark;
  }

  /** Take one character. Whether the mark is whole. */
  take(character: string): boolean {
    if (this.#mark.startsWith(this.#held + character)) {
      this.#held += character;
      return this.#held === this.#mark;
    }
    this.#text += this.#held;
    this.#held = '';
    if (this.#mark.startsWith(character)) this.#held = character;
    else this.#text += character;
    return false;
  }

  /** What came before the mark. */
  get text(): string {
    return this.#text;
  }
}
