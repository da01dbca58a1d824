import { ChatError } from '../error';

/** A piece of a rendered prompt. */
export interface PromptSegment {
  readonly text: string;
  /** Whether special tokens may be found in the text. False for what a message has that looks like one. */
  readonly special: boolean;
}

/** Finds what looks like a special token in texts of messages, and keeps it apart from the template's own. */
export class SpecialTextGuard {
  private readonly specials: ReadonlySet<string>;
  /** Everything that a special text begins with, but for the whole of it. */
  private readonly beginnings = new Set<string>();
  private readonly taken: string[] = [];

  /**
   * @param specialTexts - the texts of all special tokens of the vocabulary.
   * @param mark - a character that stands nowhere in the template or in the conversation.
   */
  constructor(
    specialTexts: Iterable<string>,
    private readonly mark: string,
  ) {
    this.specials = new Set(specialTexts);
    for (const text of this.specials) {
      for (let length = 1; length < text.length; length++) this.beginnings.add(text.slice(0, length));
    }
  }

  /** The text with marks in place of what looks like a special token, or at its end like the beginning of one. */
  protect(text: string): string {
    let safe = '';
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const end = this.specialEnd(text, at);
      if (end === at) continue;
      safe += text.slice(from, at) + this.placeholder(text.slice(at, end));
      from = end;
      at = end - 1;
    }
    return safe + text.slice(from);
  }

  /**
   * A rendered prompt with the marks taken out again.
   *
   * @throws {@link ChatError} `unsupported-content` when the template has torn a mark apart.
   */
  segments(rendered: string): PromptSegment[] {
    const pieces = rendered.split(this.mark);
    // Marks come in pairs around the number of what they stand for: every other piece is such a number.
    const segments = pieces.map((piece, index) =>
      index % 2 === 0 ? { text: piece, special: true } : { text: this.takenAt(piece), special: false },
    );
    if (pieces.length % 2 === 0) throw torn();
    return segments.filter(({ text }) => text !== '');
  }

  private takenAt(number: string): string {
    const text = /^\d+$/.test(number) ? this.taken[Number(number)] : undefined;
    if (text === undefined) throw torn();
    return text;
  }

  private placeholder(text: string): string {
    this.taken.push(text);
    return `${this.mark}${this.taken.length - 1}${this.mark}`;
  }

  /** The end of what looks special from `at` on, specials that overlap it included; `at` if there is nothing. */
  private specialEnd(text: string, at: number): number {
    let end = at;
    for (let start = at; start === at || start < end; start++) {
      end = Math.max(end, start + this.specialLength(text, start));
    }
    return end;
  }

  /** The length of the longest special text at a place, or of the rest of the text if one may begin with it. */
  private specialLength(text: string, at: number): number {
    let found = 0;
    for (let length = 1; at + length <= text.length; length++) {
      const piece = text.slice(at, at + length);
      if (this.specials.has(piece)) found = length;
      if (!this.beginnings.has(piece)) return found;
    }
    return text.length - at;
  }
}

/**
 * A character of Unicode's private use (planes 15 and 16) that stands nowhere in these texts.
 *
 * @throws {@link ChatError} `unsupported-content` when they have all 131,068 of them.
 */
export function freeMark(texts: readonly string[]): string {
  const used = new Set(texts.flatMap((text) => text.match(/[\u{f0000}-\u{10fffd}]/gu) ?? []));
  for (let codePoint = 0xf0000; codePoint <= 0x10fffd; codePoint++) {
    const mark = String.fromCodePoint(codePoint);
    if (!used.has(mark)) return mark;
  }
  throw new ChatError('unsupported-content', 'the conversation has every character of private use', {
    advice: 'Leave some of them out.',
  });
}

function torn(): ChatError {
  return new ChatError(
    'unsupported-content',
    'the chat template cuts a text that looks like a special token',
    {
      advice: 'Take it out of the message, or render without keeping such text apart.',
    },
  );
}
