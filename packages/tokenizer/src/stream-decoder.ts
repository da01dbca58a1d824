/** Turns tokens into text one by one. A character whose bytes stand in several tokens comes out with the last of them. */
export class StreamDecoder {
  // A mark of byte order is text here, wherever it stands.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #bytesOf: (id: number) => Uint8Array;

  constructor(bytesOf: (id: number) => Uint8Array) {
    this.#bytesOf = bytesOf;
  }

  /** The text that is complete with this token; often empty within a character. @throws {@link TokenizerError} `out-of-range`. */
  push(id: number): string {
    return this.#decoder.decode(this.#bytesOf(id), { stream: true });
  }

  /** What is left: U+FFFD for the bytes of a character that was not finished. */
  finish(): string {
    return this.#decoder.decode();
  }
}
