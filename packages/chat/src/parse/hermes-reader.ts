import { HERMES_MARKS } from './call-marks';
import { CallObjectReader } from './call-object';
import type { CallReader, CallSink, ReaderState } from './call-reader';
import { SPACE } from './characters';

const { end: CLOSE } = HERMES_MARKS;

/** Reads what comes behind `<tool_call>`: an object, then `</tool_call>`, which may be missing. */
export class HermesReader implements CallReader {
  giveBack = '';
  readonly #object: CallObjectReader;
  #ended = false;
  /** What came behind the object, while it may be the closing mark. */
  #tail = '';

  constructor(sink: CallSink) {
    this.#object = new CallObjectReader(sink, { stop: CLOSE, strict: undefined });
  }

  take(character: string): ReaderState {
    if (this.#ended) return this.#takeTail(character);
    const state = this.#object.take(character);
    if (state === 'done') {
      this.#ended = true;
      return 'more';
    }
    if (state !== 'done-before') return state;
    this.giveBack = this.#object.giveBack;
    return this.giveBack === CLOSE ? 'done' : 'done-before';
  }

  finish(): boolean {
    return this.#ended || this.#object.finish();
  }

  #takeTail(character: string): ReaderState {
    if (this.#tail === '' && SPACE.test(character)) return 'more';
    this.#tail += character;
    if (this.#tail === CLOSE) return 'done';
    if (CLOSE.startsWith(this.#tail)) return 'more';
    this.giveBack = this.#tail;
    return 'done-before';
  }
}
