import { ChatError } from '../error';

/**
 * Marks that stand in texts for numbers, to be found again when a template has rendered the texts. A mark is a number between two
 * of a character of Unicode's private use (planes 15 and 16) that stands nowhere else.
 */
export class TextMarks {
  readonly #edge: string;

  /**
   * @param texts - all that may come into the rendered text: what is rendered, and the source of the template.
   * @throws {@link ChatError} `unsupported-content` when they have all 131,068 characters of private use.
   */
  constructor(texts: readonly string[]) {
    this.#edge = freeCharacter(texts);
  }

  /** The mark of a number. */
  of(number: number): string {
    return `${this.#edge}${number}${this.#edge}`;
  }

  /** The pieces of a text: text, and numbers in the places of their marks; `undefined` where a mark has been torn apart. */
  split(text: string): readonly (string | number)[] | undefined {
    // Edges come in pairs: every other piece is a number.
    const pieces = text.split(this.#edge);
    const isWhole =
      pieces.length % 2 === 1 && pieces.every((piece, place) => place % 2 === 0 || /^\d+$/.test(piece));
    return isWhole ? pieces.map((piece, place) => (place % 2 === 0 ? piece : Number(piece))) : undefined;
  }
}

function freeCharacter(texts: readonly string[]): string {
  const used = new Set(texts.flatMap((text) => text.match(/[\u{f0000}-\u{10fffd}]/gu) ?? []));
  for (let codePoint = 0xf0000; codePoint <= 0x10fffd; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    if (!used.has(character)) return character;
  }
  throw new ChatError('unsupported-content', 'the conversation has every character of private use', {
    advice: 'Leave some of them out.',
  });
}
