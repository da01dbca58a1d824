import { MAX_NAME_LENGTH } from '../limits';
import { CallListReader } from './call-list';
import { MISTRAL_MARKS } from './call-marks';
import type { CallReader, CallSink, ReaderState } from './call-reader';
import { NAME_CHARACTER, SPACE } from './characters';
import { JsonSpan } from './json-span';

const { call: MISTRAL_MARK, arguments: ARGUMENTS_MARK, id: ID_MARK } = MISTRAL_MARKS;

type Part = 'head' | 'name' | 'id' | 'mark' | 'before-arguments' | 'arguments';

/**
 * Reads what comes behind `[TOOL_CALLS]`: `name[ARGS]{…}`, `name[CALL_ID]id[ARGS]{…}`, or the list of older models. A
 * model that leaves `[ARGS]` out, or a tokenizer that hides it, is understood too.
 */
export class MistralReader implements CallReader {
  #part: Part = 'head';
  #name = '';
  #id = '';
  #mark = '';
  #started = false;
  #list: CallListReader | undefined;
  readonly #span = new JsonSpan(MISTRAL_MARK);
  #cutOff = '';
  readonly #sink: CallSink;

  constructor(sink: CallSink) {
    this.#sink = sink;
  }

  get giveBack(): string {
    return this.#list?.giveBack ?? this.#cutOff;
  }

  take(character: string): ReaderState {
    if (this.#list !== undefined) return this.#list.take(character);
    switch (this.#part) {
      case 'head':
        return this.#takeHead(character);
      case 'name':
        if (!NAME_CHARACTER.test(character)) return this.#leaveWord(character);
        this.#name += character;
        return this.#name.length > MAX_NAME_LENGTH ? 'failed' : 'more';
      case 'id':
        if (!NAME_CHARACTER.test(character)) return this.#leaveWord(character);
        this.#id += character;
        return this.#id.length > MAX_NAME_LENGTH ? 'failed' : 'more';
      case 'mark':
        return this.#takeMark(character);
      case 'before-arguments':
        return SPACE.test(character) ? 'more' : this.#startArguments(character);
      case 'arguments':
        return this.#takeArguments(character);
    }
  }

  finish(): boolean {
    if (this.#list !== undefined) return this.#list.finish();
    if (!this.#started) return false;
    this.#span.finish();
    this.#sink.addArguments(this.#span.takeFresh());
    this.#sink.end();
    return true;
  }

  #takeHead(character: string): ReaderState {
    if (SPACE.test(character)) return 'more';
    if (character === '[') {
      this.#list = new CallListReader(this.#sink, { stop: MISTRAL_MARK, strict: undefined });
      return this.#list.take(character);
    }
    if (!NAME_CHARACTER.test(character)) return 'failed';
    this.#name = character;
    this.#part = 'name';
    return 'more';
  }

  /** Behind a name or an id: a mark, or the arguments at once. */
  #leaveWord(character: string): ReaderState {
    if (character === '[') return this.#takeMark(character);
    this.#part = 'before-arguments';
    return SPACE.test(character) ? 'more' : this.#startArguments(character);
  }

  #takeMark(character: string): ReaderState {
    this.#part = 'mark';
    this.#mark += character;
    if (this.#mark === ARGUMENTS_MARK) this.#part = 'before-arguments';
    else if (this.#mark === ID_MARK) this.#part = 'id';
    else return ARGUMENTS_MARK.startsWith(this.#mark) || ID_MARK.startsWith(this.#mark) ? 'more' : 'failed';
    this.#mark = '';
    return 'more';
  }

  #startArguments(character: string): ReaderState {
    if (character !== '{') return 'failed';
    this.#sink.start(this.#name, this.#id === '' ? undefined : this.#id);
    this.#started = true;
    this.#part = 'arguments';
    return this.#takeArguments(character);
  }

  #takeArguments(character: string): ReaderState {
    this.#span.take(character);
    this.#sink.addArguments(this.#span.takeFresh());
    if (!this.#span.complete && !this.#span.stopped) return 'more';
    this.#sink.end();
    this.#cutOff = MISTRAL_MARK;
    return this.#span.stopped ? 'done-before' : 'done';
  }
}
