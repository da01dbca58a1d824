import { wantsText, type CallTags } from '@halftone/chat';
import { JsonMatcher, type CompiledSchema, type Range } from '@halftone/grammar';
import type { Matcher } from '../matcher';
import { JSON_START, placeAfter, type JsonPlace } from './json-place';

/**
 * Where a text of tags is. `between`: before the tag of a key, or before what ends the call. `open`: in what stands between a key and its
 * value. `close`: in the line break behind a value.
 */
type Place = 'between' | 'key' | 'open' | 'value' | 'close' | 'end';

/** What has been read. Plain data: a piece that is only tried leaves it as it was. */
interface Reading {
  readonly place: Place;
  /** What may be a tag, and is nothing else yet. */
  readonly held: string;
  readonly key: string;
  /** Where in a value that is JSON it is. */
  readonly inner: JsonPlace;
  readonly isFirst: boolean;
  /** What it is in JSON. */
  readonly json: string;
}

/** A letter made a reading impossible. */
const WRONG = undefined;

const SPACE = /^\s$/;

/**
 * Arguments that stand between tags of their own, bound to a schema: the text is made into the JSON that its reader makes of it, letter by
 * letter, and that JSON is followed. Tags have the line breaks that templates write.
 */
export class TaggedArguments implements Matcher {
  readonly #json: JsonMatcher;
  readonly #tags: CallTags;
  readonly #properties: Readonly<Record<string, unknown>>;
  #reading: Reading = { place: 'between', held: '', key: '', inner: JSON_START, isFirst: true, json: '' };

  constructor(schema: CompiledSchema, tags: CallTags) {
    this.#json = new JsonMatcher(schema);
    this.#tags = tags;
    this.#properties = propertiesOf(schema);
  }

  get isComplete(): boolean {
    return this.#reading.place === 'end';
  }

  allows(text: string): boolean {
    const reading = this.#after(text);
    return reading !== WRONG && this.#goesOn(reading);
  }

  allowsSome(text: string, range: Range): boolean {
    const reading = this.#after(text);
    if (reading === WRONG || (reading.place !== 'key' && reading.place !== 'value')) return false;
    return this.#json.allowsSome(reading.json + this.#written(reading), range);
  }

  accept(text: string): void {
    const reading = this.#after(text);
    if (reading === WRONG) return;
    this.#json.accept(reading.json);
    this.#reading = { ...reading, json: '' };
  }

  #after(text: string): Reading | undefined {
    let reading: Reading | undefined = this.#reading;
    for (const letter of text) {
      reading = this.#step(reading, letter);
      if (reading === WRONG) return WRONG;
    }
    return reading;
  }

  #step(reading: Reading, letter: string): Reading | undefined {
    switch (reading.place) {
      case 'key':
        return this.#stepKey(reading, letter);
      case 'value':
        return this.#stepValue(reading, letter);
      case 'end':
        // A token may hold the end of the last tag and a line break behind it.
        return SPACE.test(letter) ? reading : WRONG;
      default:
        return this.#stepTag(reading, letter);
    }
  }

  /** In a place where nothing but certain texts may stand. */
  #stepTag(reading: Reading, letter: string): Reading | undefined {
    const held = reading.held + letter;
    const ways = this.#tagsAt(reading);
    const found = ways.find(([tag]) => tag === held);
    if (found !== undefined) return { ...reading, held: '', ...found[1] };
    return ways.some(([tag]) => tag.startsWith(held)) ? { ...reading, held } : WRONG;
  }

  /** The texts that may stand at a place, and what is behind them. */
  #tagsAt(reading: Reading): readonly (readonly [tag: string, next: Partial<Reading>])[] {
    const { isFirst, json, key } = reading;
    const { value, hasLines, ends } = this.#tags;
    switch (reading.place) {
      case 'between':
        return [
          [this.#tags.key, { place: 'key', key: '', json: `${json}${isFirst ? '{' : ', '}"` }],
          [ends.join('\n'), { place: 'end', json: `${json}${isFirst ? '{' : ''}}` }],
        ];
      case 'open': {
        const quote = this.#isText(key) ? '"' : '';
        const tag = value === '' ? '' : `\n${value}`;
        return [[`${tag}${hasLines ? '\n' : ''}`, { place: 'value', json: json + quote, inner: JSON_START }]];
      }
      default:
        return [['\n', { place: 'between', isFirst: false }]];
    }
  }

  #stepKey(reading: Reading, letter: string): Reading | undefined {
    const { keyEnd } = this.#tags;
    const held = reading.held + letter;
    if (held === keyEnd) {
      // Its reader leaves space around a key out.
      if (reading.key !== reading.key.trim()) return WRONG;
      return { ...reading, place: 'open', held: '', json: `${reading.json}": ` };
    }
    if (keyEnd.startsWith(held)) return { ...reading, held };
    const key = reading.key + held;
    return { ...reading, held: '', key, json: reading.json + escaped(held) };
  }

  #stepValue(reading: Reading, letter: string): Reading | undefined {
    const held = reading.held + letter;
    const ends = this.#valueEnds();
    if (ends.includes(held)) {
      const closed = this.#closed(reading);
      return closed === WRONG ? WRONG : { ...closed, place: 'close', held: '' };
    }
    if (ends.some((end) => end.startsWith(held))) return { ...reading, held };
    // It was no tag. Its last letter may begin one all the same.
    if (reading.held !== '') {
      const written = this.#taken(reading, reading.held);
      return written === WRONG ? WRONG : this.#stepValue({ ...written, held: '' }, letter);
    }
    return this.#taken(reading, letter);
  }

  /** What ends a value: the line break before the tag is none of it, where values have lines of their own. */
  #valueEnds(): readonly string[] {
    const { valueEnd, hasLines } = this.#tags;
    return hasLines ? [`\n${valueEnd}`, valueEnd] : [valueEnd];
  }

  /** More of a value. */
  #taken(reading: Reading, text: string): Reading | undefined {
    if (this.#isText(reading.key)) return { ...reading, json: reading.json + escaped(text) };
    const inner = placeAfter(reading.inner, text, []);
    // What would end the value in JSON is none of it.
    const isOutside = !reading.inner.isQuoted && reading.inner.depth === 0;
    if (inner === undefined || inner.depth < 0 || (isOutside && text.includes(','))) return WRONG;
    return { ...reading, inner, json: reading.json + text };
  }

  /** A value at its end. */
  #closed(reading: Reading): Reading | undefined {
    if (this.#isText(reading.key)) return { ...reading, json: `${reading.json}"` };
    return reading.inner.isQuoted || reading.inner.depth > 0 ? WRONG : reading;
  }

  /** What is held, in JSON, if it is no tag. */
  #written({ held, place, key }: Reading): string {
    return place === 'key' || this.#isText(key) ? escaped(held) : held;
  }

  /** Whether the JSON is right so far, and there is a way on: a tag that has begun must be one that may be whole, or be no tag. */
  #goesOn(reading: Reading): boolean {
    const { place, held, json } = reading;
    const allows = (more: string): boolean => this.#json.allows(json + more);
    switch (place) {
      case 'between':
        return this.#tagsAt({ ...reading, json: '' }).some(
          ([tag, next]) => tag.startsWith(held) && allows(next.json ?? ''),
        );
      case 'key':
        return held === '' ? allows('') : allows('": ') || allows(escaped(held));
      case 'value': {
        if (held === '') return allows('');
        const closed = this.#closed({ ...reading, json: '' });
        return (closed !== WRONG && this.#mayFollow(json + closed.json)) || allows(this.#written(reading));
      }
      case 'close':
        return this.#mayFollow(json);
      default:
        return allows('');
    }
  }

  /** Whether a value may end where the JSON ends. */
  #mayFollow(json: string): boolean {
    return this.#json.allows(`${json},`) || this.#json.allows(`${json}}`);
  }

  #isText(key: string): boolean {
    return wantsText(Object.hasOwn(this.#properties, key) ? this.#properties[key] : undefined);
  }
}

/** A piece of a text as it stands between quotes of JSON. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function propertiesOf(schema: CompiledSchema): Readonly<Record<string, unknown>> {
  const source = schema.toJSON();
  const properties = typeof source === 'object' ? source['properties'] : undefined;
  return typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>) : {};
}
