import type { CallReader, CallSink, ReaderState } from './call-reader';
import { SPACE } from './characters';
import { JsonSpan } from './json-span';

/** What a reader of call objects is told. */
export interface CallObjectOptions {
  /** A mark that stands in no JSON outside of quotes, and cuts arguments off. Empty if there is none. */
  readonly stop: string;
  /**
   * Set where no mark tells that this is a call: it is one only if it has arguments, has no keys but those of calls,
   * and the name is one of these (any, if there is no list).
   */
  readonly strict: { readonly names: ReadonlySet<string> | undefined } | undefined;
}

type Part = 'open' | 'key' | 'key-text' | 'colon' | 'value' | 'text' | 'scalar' | 'span';
type Role = 'name' | 'id' | 'type' | 'function' | 'arguments' | 'other';

const roles: ReadonlyMap<string, Role> = new Map([
  ['name', 'name'],
  ['id', 'id'],
  ['type', 'type'],
  ['function', 'function'],
  ['arguments', 'arguments'],
  ['parameters', 'arguments'],
]);

/**
 * Reads `{"name": …, "arguments": {…}}` with its keys in any order, also `parameters`, an `id`, and both wrapped in
 * `"function"` as in OpenAI's API. The call starts when its name is known and its arguments begin.
 */
export class CallObjectReader implements CallReader {
  giveBack = '';
  #part: Part = 'open';
  #nesting = 0;
  /** A text or a number that is being read, as it is written. */
  #text = '';
  #escaped = false;
  /** What the value that is being read means. Of two values that mean the same, the first counts. */
  #role: Role = 'other';
  readonly #seen = new Set<Role>();
  #name: string | undefined;
  #id: string | undefined;
  #span: JsonSpan | undefined;
  /** Arguments that came before the name. */
  #early = '';
  #started = false;
  readonly #sink: CallSink;
  readonly #options: CallObjectOptions;

  constructor(sink: CallSink, options: CallObjectOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  take(character: string): ReaderState {
    switch (this.#part) {
      case 'open':
        return this.#expect(character, '{', 'key');
      case 'key':
        return this.#takeKey(character);
      case 'colon':
        return this.#expect(character, ':', 'value');
      case 'value':
        return this.#takeValue(character);
      case 'key-text':
      case 'text':
        return this.#takeText(character);
      case 'scalar':
        return this.#takeScalar(character);
      case 'span':
        return this.#takeSpan(character);
    }
  }

  finish(): boolean {
    if (!this.#started) return false;
    this.#span?.finish();
    this.#flushSpan();
    this.#sink.end();
    return true;
  }

  #expect(character: string, wanted: string, next: Part): ReaderState {
    if (character !== wanted) return SPACE.test(character) ? 'more' : this.#broken(character);
    this.#part = next;
    return 'more';
  }

  #takeKey(character: string): ReaderState {
    if (SPACE.test(character) || character === ',') return 'more';
    if (character === '}') return this.#close();
    if (character !== '"') return this.#broken(character);
    this.#part = 'key-text';
    this.#text = character;
    return 'more';
  }

  #takeValue(character: string): ReaderState {
    if (SPACE.test(character)) return 'more';
    if (character === '{' && this.#role === 'function') {
      this.#nesting++;
      this.#part = 'key';
      return 'more';
    }
    if (character === '{' || character === '[') {
      if (this.#role === 'arguments' && !this.#startIfNamed()) return 'failed';
      this.#span = new JsonSpan(this.#options.stop);
      this.#part = 'span';
      return this.#takeSpan(character);
    }
    this.#part = character === '"' ? 'text' : 'scalar';
    this.#text = character;
    return 'more';
  }

  /** A text in quotes: a key or a value. */
  #takeText(character: string): ReaderState {
    this.#text += character;
    const ends = character === '"' && !this.#escaped;
    this.#escaped = character === '\\' && !this.#escaped;
    if (!ends) return 'more';
    const text = unquoted(this.#text);
    if (text === undefined) return this.#broken(character);
    return this.#part === 'text' ? this.#endText(text) : this.#endKey(text);
  }

  #endKey(key: string): ReaderState {
    const role = roles.get(key) ?? 'other';
    if (role === 'other' && this.#options.strict !== undefined && !this.#started) return 'failed';
    this.#role = this.#seen.has(role) ? 'other' : role;
    this.#seen.add(role);
    this.#part = 'colon';
    return 'more';
  }

  #endText(text: string): ReaderState {
    this.#part = 'key';
    if (this.#role === 'arguments') return this.#addArguments(text);
    if (this.#role === 'id') this.#id = text;
    if (this.#role !== 'name' && this.#role !== 'function') return 'more';
    this.#name ??= text;
    return this.#early === '' ? 'more' : this.#addArguments(this.#early);
  }

  #takeScalar(character: string): ReaderState {
    if (character !== ',' && character !== '}' && !SPACE.test(character)) {
      this.#text += character;
      return 'more';
    }
    this.#part = 'key';
    const isNone = this.#role === 'arguments' && this.#text === 'null';
    return isNone && this.#addArguments('') === 'failed' ? 'failed' : this.#takeKey(character);
  }

  /** An object or an array: arguments, or something that is passed over. */
  #takeSpan(character: string): ReaderState {
    this.#span?.take(character);
    this.#flushSpan();
    if (this.#span?.stopped === true) return this.#broken(this.#options.stop);
    if (this.#span?.complete === true) {
      this.#span = undefined;
      this.#part = 'key';
    }
    return 'more';
  }

  #flushSpan(): void {
    const fresh = this.#span?.takeFresh() ?? '';
    if (fresh === '' || this.#role !== 'arguments') return;
    if (this.#started) this.#sink.addArguments(fresh);
    else this.#early += fresh;
  }

  /** Arguments that are known as a whole. */
  #addArguments(text: string): ReaderState {
    if (!this.#startIfNamed()) return 'failed';
    const whole = text.trim() === '' ? '{}' : text;
    if (this.#started) this.#sink.addArguments(whole);
    else this.#early = whole;
    return 'more';
  }

  /** Start the call when its name is known. False if it is a name that no call can have. */
  #startIfNamed(): boolean {
    if (this.#name === undefined) return true;
    if (this.#name === '' || this.#options.strict?.names?.has(this.#name) === false) return false;
    this.#sink.start(this.#name, this.#id);
    this.#started = true;
    return true;
  }

  /** A closing bracket: of the object, or of the one inside it that `"function"` opened. */
  #close(): ReaderState {
    if (this.#nesting > 0) {
      this.#nesting--;
      return 'more';
    }
    if (!this.#started) {
      // A name alone is a call without arguments, where a mark tells that it is a call.
      if (this.#options.strict !== undefined || this.#name === undefined) return 'failed';
      if (this.#addArguments('') === 'failed') return 'failed';
    }
    this.#sink.end();
    return 'done';
  }

  /** No JSON, or none of a call: what has started ends here, what has not is text. */
  #broken(rest: string): ReaderState {
    if (!this.#started) return 'failed';
    this.#sink.end();
    this.giveBack = rest;
    return 'done-before';
  }
}

function unquoted(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
