import { MAX_NAME_LENGTH } from '../limits';
import { DEEPSEEK_MARKS } from './call-marks';
import type { CallReader, CallSink, ReaderState } from './call-reader';
import { NAME_CHARACTER, SPACE } from './characters';
import { JsonSpan } from './json-span';

const { call: CALL, separator: SEPARATOR, callEnd: CALL_END, callsEnd: CALLS_END } = DEEPSEEK_MARKS;
/** What V3 and R1 put around arguments. */
const FENCE = '```';
const FENCE_JSON = '```json';

type Part = 'between' | 'name' | 'mark' | 'before-arguments' | 'arguments' | 'behind';

/**
 * Reads what comes behind `<｜tool▁calls▁begin｜>`, or behind the mark of a call where a model leaves that one out: calls
 * `name<｜tool▁sep｜>{…}`, or `function<｜tool▁sep｜>name⏎` and the arguments between fences, each with a mark before and behind it.
 */
export class DeepSeekReader implements CallReader {
  giveBack = '';
  #part: Part;
  #name = '';
  /** A mark that is being read, or what may be one. */
  #word = '';
  /** Set when `function` stood where the name stands elsewhere. */
  #hasType = false;
  #count = 0;
  /** What was taken since the last call ended. */
  #raw = '';
  #span = new JsonSpan(CALL_END);
  readonly #sink: CallSink;

  constructor(
    sink: CallSink,
    /** Set where the mark of a call has been read. */
    hasCallMark: boolean,
  ) {
    this.#sink = sink;
    this.#part = hasCallMark ? 'name' : 'between';
  }

  take(character: string): ReaderState {
    if (this.#part !== 'arguments') this.#raw += character;
    return this.#take(character);
  }

  #take(character: string): ReaderState {
    switch (this.#part) {
      case 'between':
        return this.#takeWord(character, [CALL, ...(this.#count > 0 ? [CALLS_END] : [])]);
      case 'name':
        return this.#takeName(character);
      case 'mark':
        return this.#takeWord(character, [SEPARATOR]);
      case 'before-arguments':
        if (this.#word === '' && character === '{') return this.#startArguments(character);
        return this.#takeWord(character, [FENCE_JSON]);
      case 'arguments':
        return this.#takeArguments(character);
      case 'behind':
        return this.#takeWord(character, [FENCE, CALL_END, CALLS_END, CALL]);
    }
  }

  finish(): boolean {
    if (this.#count === 0) return false;
    if (this.#part === 'arguments') {
      this.#span.finish();
      this.#sink.addArguments(this.#span.takeFresh());
      this.#sink.end();
    }
    return true;
  }

  /** Read on in one of some marks; if it is none of them, the calls have ended before it. */
  #takeWord(character: string, words: readonly string[]): ReaderState {
    if (this.#word === '' && SPACE.test(character)) return 'more';
    this.#word += character;
    if (!words.some((word) => word.startsWith(this.#word))) return this.#leave();
    if (!words.includes(this.#word)) return 'more';
    const found = this.#word;
    this.#word = '';
    return this.#follow(found);
  }

  #follow(word: string): ReaderState {
    switch (word) {
      case CALL:
        this.#part = 'name';
        this.#name = '';
        this.#hasType = false;
        return 'more';
      case SEPARATOR:
        return this.#endName();
      case CALL_END:
        this.#part = 'between';
        this.#raw = '';
        return 'more';
      case CALLS_END:
        return 'done';
      default:
        // A fence: before the arguments, or behind them.
        if (this.#part === 'behind') this.#raw = '';
        return 'more';
    }
  }

  #takeName(character: string): ReaderState {
    if (NAME_CHARACTER.test(character)) {
      this.#name += character;
      return this.#name.length > MAX_NAME_LENGTH ? this.#leave() : 'more';
    }
    if (this.#name === '') return SPACE.test(character) ? 'more' : this.#leave();
    if (this.#hasType) {
      // A line break ends the name, or the arguments begin at once.
      this.#part = 'before-arguments';
      return SPACE.test(character) ? 'more' : this.#take(character);
    }
    this.#part = 'mark';
    return this.#takeWord(character, [SEPARATOR]);
  }

  #endName(): ReaderState {
    this.#hasType = this.#name === 'function';
    if (this.#hasType) this.#name = '';
    this.#part = this.#hasType ? 'name' : 'before-arguments';
    return 'more';
  }

  #startArguments(character: string): ReaderState {
    this.#sink.start(this.#name, undefined);
    this.#count++;
    this.#span = new JsonSpan(CALL_END);
    this.#part = 'arguments';
    return this.#takeArguments(character);
  }

  #takeArguments(character: string): ReaderState {
    this.#span.take(character);
    this.#sink.addArguments(this.#span.takeFresh());
    if (!this.#span.complete && !this.#span.stopped) return 'more';
    this.#sink.end();
    this.#raw = '';
    this.#part = this.#span.stopped ? 'between' : 'behind';
    return 'more';
  }

  #leave(): ReaderState {
    if (this.#count === 0) return 'failed';
    this.giveBack = this.#raw;
    return 'done-before';
  }
}
