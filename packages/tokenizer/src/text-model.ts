/** How a vocabulary of one kind turns text without special tokens into ids, and ids into bytes. */
export interface TextModel {
  /** Append the ids of a piece of text to `out`; `isStart` tells whether it begins the text. */
  encode(text: string, isStart: boolean, out: number[]): void;
  /** The bytes that a token stands for in text. */
  bytesOf(id: number): Uint8Array;
  /** Whether a space at the start of a text was put there by `encode`, so that decoding takes it away. */
  readonly addsSpace: boolean;
}
