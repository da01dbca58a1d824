import { MAX_NAME_LENGTH } from '../limits';
import type { ToolDefinition } from '../messages';
import { HERMES_MARKS } from './call-marks';
import type { CallReader, CallSink, ReaderState } from './call-reader';
import { NAME_CHARACTER, SPACE } from './characters';
import { argumentOf } from './tagged-argument';
import { UntilMark } from './until-mark';

/** The tags of a format in which each argument stands between tags of its own, as it is and not in JSON. */
export interface CallTags {
  /** What opens the name, behind the mark of the call. */
  readonly name: string;
  readonly key: string;
  readonly keyEnd: string;
  /** What stands between a key and its value, besides space. */
  readonly value: string;
  readonly valueEnd: string;
  /** Whether a value has lines of its own. */
  readonly hasLines: boolean;
  /** What ends a call, one after the other; all but the first may be missing. */
  readonly ends: readonly string[];
}

/** `<tool_call><function=name><parameter=key>⏎value⏎</parameter></function></tool_call>` */
export const QWEN_TAGS: CallTags = {
  name: '<function=',
  key: '<parameter=',
  keyEnd: '>',
  value: '',
  valueEnd: '</parameter>',
  hasLines: true,
  ends: ['</function>', HERMES_MARKS.end],
};

/** `<tool_call>name⏎<arg_key>key</arg_key>⏎<arg_value>value</arg_value></tool_call>` */
export const GLM_TAGS: CallTags = {
  name: '',
  key: '<arg_key>',
  keyEnd: '</arg_key>',
  value: '<arg_value>',
  valueEnd: '</arg_value>',
  hasLines: false,
  ends: [HERMES_MARKS.end],
};

type Part = 'opener' | 'name' | 'between' | 'key' | 'before-value' | 'value' | 'end';

/** Reads a call whose arguments stand between tags. The call starts when its name is whole; each argument is told when it is. */
export class TaggedReader implements CallReader {
  giveBack = '';
  readonly #sink: CallSink;
  readonly #tags: CallTags;
  readonly #tools: readonly ToolDefinition[];
  #part: Part;
  /** A tag that is being read. */
  #word = '';
  #name = '';
  #key = new UntilMark('');
  #value = new UntilMark('');
  #count = 0;
  #isStarted = false;
  /** Ends that have been read. */
  #ended = 0;

  constructor(
    sink: CallSink,
    tags: CallTags,
    tools: readonly ToolDefinition[],
    /** Set where the tag of the name has been read. */
    hasOpener = tags.name === '',
  ) {
    this.#sink = sink;
    this.#tags = tags;
    this.#tools = tools;
    this.#part = hasOpener ? 'name' : 'opener';
  }

  take(character: string): ReaderState {
    switch (this.#part) {
      case 'opener':
        return this.#takeWord(character, [this.#tags.name]) ?? 'failed';
      case 'name':
        return this.#takeName(character);
      case 'between':
        return this.#takeWord(character, [this.#tags.key, ...this.#tags.ends.slice(0, 1)]) ?? this.#leave();
      case 'key':
        if (!this.#key.take(character)) return 'more';
        this.#beginValue();
        return 'more';
      case 'before-value':
        return this.#takeWord(character, [this.#tags.value]) ?? this.#leave();
      case 'value':
        if (this.#value.take(character)) this.#endValue();
        return 'more';
      case 'end':
        return this.#takeWord(character, [this.#tags.ends[this.#ended] ?? '']) ?? this.#leave();
    }
  }

  finish(): boolean {
    if (!this.#isStarted) return false;
    if (this.#part === 'value') this.#endValue();
    if (this.#part !== 'end') this.#endCall();
    return true;
  }

  /** Read on in one of some tags; nothing, if it is none of them. */
  #takeWord(character: string, words: readonly string[]): ReaderState | undefined {
    if (this.#word === '' && SPACE.test(character)) return 'more';
    this.#word += character;
    if (!words.some((word) => word.startsWith(this.#word))) return undefined;
    if (!words.includes(this.#word)) return 'more';
    const found = this.#word;
    this.#word = '';
    return this.#follow(found);
  }

  /** What comes behind a tag. */
  #follow(tag: string): ReaderState {
    const { name, key, keyEnd, ends } = this.#tags;
    if (this.#part === 'opener' && tag === name) this.#part = 'name';
    else if (this.#part === 'between' && tag === key) {
      this.#key = new UntilMark(keyEnd);
      this.#part = 'key';
    } else if (this.#part === 'before-value') this.#openValue();
    else {
      if (this.#ended === 0) this.#endCall();
      this.#ended++;
      this.#part = 'end';
      if (this.#ended === ends.length) return 'done';
    }
    return 'more';
  }

  #takeName(character: string): ReaderState {
    if (NAME_CHARACTER.test(character)) {
      this.#name += character;
      return this.#name.length > MAX_NAME_LENGTH ? 'failed' : 'more';
    }
    if (this.#name === '') return SPACE.test(character) ? 'more' : 'failed';
    const { name } = this.#tags;
    // The name's own tag ends with `>`; where it has none, space or the next tag ends it.
    if (name === '' ? !/[\s<]/.test(character) : character !== '>') return 'failed';
    this.#sink.start(this.#name, undefined);
    this.#isStarted = true;
    this.#part = 'between';
    return character === '<' ? this.take(character) : 'more';
  }

  #beginValue(): void {
    if (this.#tags.value === '') this.#openValue();
    else this.#part = 'before-value';
  }

  #openValue(): void {
    this.#value = new UntilMark(this.#tags.valueEnd);
    this.#part = 'value';
  }

  #endValue(): void {
    const { text } = this.#value;
    const value = this.#tags.hasLines ? text.replace(/^\r?\n/, '').replace(/\r?\n$/, '') : text;
    const key = this.#key.text.trim();
    const told = `${JSON.stringify(key)}: ${argumentOf(value, schemaOf(this.#tools, this.#name, key))}`;
    this.#sink.addArguments(`${this.#count === 0 ? '{' : ', '}${told}`);
    this.#count++;
    this.#part = 'between';
  }

  #endCall(): void {
    this.#sink.addArguments(this.#count === 0 ? '{}' : '}');
    this.#sink.end();
  }

  /** What came is none of the tags: the call has ended before it. */
  #leave(): ReaderState {
    if (this.#ended === 0) this.#endCall();
    this.giveBack = this.#word;
    return 'done-before';
  }
}

/** What a tool says of one of its arguments. */
function schemaOf(tools: readonly ToolDefinition[], name: string, key: string): unknown {
  const parameters = tools.find((tool) => tool.function.name === name)?.function.parameters;
  const properties = parameters?.['properties'];
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return undefined;
  return (properties as Readonly<Record<string, unknown>>)[key];
}
