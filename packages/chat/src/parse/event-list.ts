import { parseObject } from '../json';
import type { CallSink } from './call-reader';
import type { AnswerEvent } from './events';

/** Collects the events of one answer; what is alike and comes in a row becomes one event. */
export class EventList implements CallSink {
  #events: AnswerEvent[] = [];
  /** Calls that have started. */
  count = 0;
  /** Arguments of the present call. */
  #text = '';
  readonly #ids = new Set<string>();
  readonly #makeId: () => string;

  constructor(makeId: () => string) {
    this.#makeId = makeId;
  }

  /** The events since the last call. */
  take(): readonly AnswerEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  addText(type: 'content' | 'reasoning', text: string): void {
    if (text === '') return;
    const last = this.#events.at(-1);
    const joined = last?.type === type ? last.text + text : undefined;
    if (joined === undefined) this.#events.push({ type, text });
    else this.#events.splice(-1, 1, { type, text: joined });
  }

  start(name: string, id: string | undefined): void {
    this.count++;
    this.#text = '';
    const own = id === undefined || id === '' || this.#ids.has(id) ? this.#makeId() : id;
    this.#ids.add(own);
    this.#events.push({ type: 'tool-call-started', index: this.count - 1, id: own, name });
  }

  addArguments(text: string): void {
    if (text === '') return;
    const index = this.count - 1;
    this.#text += text;
    const last = this.#events.at(-1);
    const joined = last?.type === 'tool-call-arguments' ? last.text + text : undefined;
    if (joined === undefined) this.#events.push({ type: 'tool-call-arguments', index, text });
    else this.#events.splice(-1, 1, { type: 'tool-call-arguments', index, text: joined });
  }

  end(): void {
    const complete = parseObject(this.#text) !== undefined;
    this.#events.push({ type: 'tool-call-finished', index: this.count - 1, complete });
  }
}
