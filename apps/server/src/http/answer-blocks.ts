import type { AnswerEvent } from '@halftone/chat';

/** A part of an answer: what is thought, what is said, or a call of a tool. */
export type AnswerBlock =
  | { readonly kind: 'reasoning' | 'content'; readonly text: string }
  | { readonly kind: 'call'; readonly id: string; readonly name: string; readonly text: string };

/** What happens to the parts of an answer. Each opens, grows and closes before the next one opens. */
export interface BlockEvent {
  readonly kind: 'open' | 'grow' | 'close';
  /** Place of the part in the answer. */
  readonly index: number;
  /** The part as it is now. */
  readonly block: AnswerBlock;
  /** What came with `grow`; empty otherwise. */
  readonly text: string;
}

/** Makes parts of an answer's events, for APIs that send an answer as a list of them. */
export class AnswerBlocks {
  readonly #blocks: AnswerBlock[] = [];
  #isOpen = false;

  /** All parts so far. */
  get blocks(): readonly AnswerBlock[] {
    return this.#blocks;
  }

  push(events: readonly AnswerEvent[]): readonly BlockEvent[] {
    return events.flatMap((event) => this.#take(event));
  }

  /** The answer is at its end. */
  finish(): readonly BlockEvent[] {
    const last = this.#blocks.at(-1);
    if (!this.#isOpen || last === undefined) return [];
    this.#isOpen = false;
    return [{ kind: 'close', index: this.#blocks.length - 1, block: last, text: '' }];
  }

  #take(event: AnswerEvent): readonly BlockEvent[] {
    switch (event.type) {
      case 'content':
      case 'reasoning':
        return [...this.#openText(event.type), this.#grow(event.text)];
      case 'tool-call-started':
        return this.#open({ kind: 'call', id: event.id, name: event.name, text: '' });
      case 'tool-call-arguments':
        return [this.#grow(event.text)];
      case 'tool-call-finished':
        return this.finish();
    }
  }

  #openText(kind: 'content' | 'reasoning'): readonly BlockEvent[] {
    const isOpen = this.#isOpen && this.#blocks.at(-1)?.kind === kind;
    return isOpen ? [] : this.#open({ kind, text: '' });
  }

  #open(block: AnswerBlock): readonly BlockEvent[] {
    const closed = this.finish();
    this.#blocks.push(block);
    this.#isOpen = true;
    return [...closed, { kind: 'open', index: this.#blocks.length - 1, block, text: '' }];
  }

  #grow(text: string): BlockEvent {
    const index = this.#blocks.length - 1;
    const last = this.#blocks[index];
    if (last === undefined) throw new Error('no part of the answer is open');
    const block = { ...last, text: last.text + text };
    this.#blocks[index] = block;
    return { kind: 'grow', index, block, text };
  }
}

/** Arguments as an object, for APIs that send no text: what the model wrote if it is one, else nothing. */
export function argumentsObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // The model was cut off, or wrote no JSON: the end of the answer tells it.
  }
  return {};
}
