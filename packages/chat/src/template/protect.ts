import { ChatError } from '../error';
import type { TextMarks } from './text-marks';

/** A piece of a rendered prompt. */
export interface PromptSegment {
  readonly text: string;
  /** Whether special tokens may be found in the text. False for what a message has that looks like one. */
  readonly special: boolean;
}

/** Finds what looks like a special token in texts of messages, and keeps it apart from the template's own. */
export class SpecialTextGuard {
  readonly #specials: ReadonlySet<string>;
  /** Everything that a special text begins with, but for the whole of it. */
  readonly #beginnings = new Set<string>();
  readonly #taken: string[] = [];
  readonly #marks: TextMarks;

  /**
   * @param specialTexts - the texts of all special tokens of the vocabulary.
   * @param marks - what is put in their places.
   */
  constructor(specialTexts: Iterable<string>, marks: TextMarks) {
    this.#marks = marks;
    this.#specials = new Set(specialTexts);
    for (const text of this.#specials) {
      for (let length = 1; length < text.length; length++) this.#beginnings.add(text.slice(0, length));
    }
  }

  /** The text with marks in place of what looks like a special token, or at its end like the beginning of one. */
  protect(text: string): string {
    let safe = '';
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const end = this.#specialEnd(text, at);
      if (end === at) continue;
      safe += text.slice(from, at) + this.#placeholder(text.slice(at, end));
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
    const pieces = this.#marks.split(rendered);
    if (pieces === undefined) throw torn();
    return pieces
      .map((piece) =>
        typeof piece === 'string'
          ? { text: piece, special: true }
          : { text: this.#takenAt(piece), special: false },
      )
      .filter(({ text }) => text !== '');
  }

  #takenAt(number: number): string {
    const text = this.#taken[number];
    if (text === undefined) throw torn();
    return text;
  }

  #placeholder(text: string): string {
    this.#taken.push(text);
    return this.#marks.of(this.#taken.length - 1);
  }

  /** The end of what looks special from `at` on, specials that overlap it included; `at` if there is nothing. */
  #specialEnd(text: string, at: number): number {
    let end = at;
    for (let start = at; start === at || start < end; start++) {
      end = Math.max(end, start + this.#specialLength(text, start));
    }
    return end;
  }

  /** The length of the longest special text at a place, or of the rest of the text if one may begin with it. */
  #specialLength(text: string, at: number): number {
    let found = 0;
    for (let length = 1; at + length <= text.length; length++) {
      const piece = text.slice(at, at + length);
      if (this.#specials.has(piece)) found = length;
      if (!this.#beginnings.has(piece)) return found;
    }
    return text.length - at;
  }
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
