import { CallObjectReader, type CallObjectOptions } from './call-object';
import type { CallReader, CallSink, ReaderState } from './call-reader';

const SEPARATOR = /[\s,]/;

/** Reads `[{…}, {…}]`, an array of call objects. What is no call behind the first one ends it. */
export class CallListReader implements CallReader {
  giveBack = '';
  #opened = false;
  #item: CallObjectReader | undefined;
  /** What the present item consists of so far. */
  #raw = '';
  #count = 0;
  readonly #sink: CallSink;
  readonly #options: CallObjectOptions;

  constructor(sink: CallSink, options: CallObjectOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  take(character: string): ReaderState {
    if (this.#item !== undefined) return this.#takeItem(this.#item, character);
    if (!this.#opened) {
      this.#opened = character === '[';
      return this.#opened ? 'more' : 'failed';
    }
    if (SEPARATOR.test(character)) return 'more';
    if (character === ']') return this.#count > 0 ? 'done' : 'failed';
    this.#raw = '';
    return this.#takeItem(new CallObjectReader(this.#sink, this.#options), character);
  }

  finish(): boolean {
    return this.#item?.finish() === true || this.#count > 0;
  }

  #takeItem(item: CallObjectReader, character: string): ReaderState {
    this.#item = item;
    this.#raw += character;
    const state = item.take(character);
    if (state === 'more') return 'more';
    this.#item = undefined;
    if (state === 'done') {
      this.#count++;
      return 'more';
    }
    if (state === 'failed' && this.#count === 0) return 'failed';
    this.giveBack = state === 'failed' ? this.#raw : item.giveBack;
    return 'done-before';
  }
}
