import { MAX_HEAD_LENGTH, MAX_NAME_LENGTH } from '../limits';
import { HARMONY_ENDS, HARMONY_MARKS } from './call-marks';
import type { EventList } from './event-list';
import { cutMarkLength, firstMark, heldLength } from './marks';

const { start: START, channel: CHANNEL, message: MESSAGE } = HARMONY_MARKS;
/** What a head begins with. A recipient may stand before the channel. */
const HEADS: readonly string[] = [START, CHANNEL, MESSAGE, ' to=', 'to='];

type Kind = 'content' | 'reasoning' | 'call';

/**
 * Takes the answers of gpt-oss apart, which are messages with a head and an end (OpenAI, harmony):
 * `<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>commentary to=functions.name <|constrain|>json<|message|>{…}<|call|>`.
 * What stands in the channel `analysis` is reasoning, a message to a function is a call, all else is content.
 */
export class HarmonyReader {
  readonly #events: EventList;
  /** Whether the end of the answer was told nowhere. */
  hasLeftOut = false;
  #pending = '';
  /** What the present message is; `undefined` in its head. */
  #kind: Kind | undefined;
  /** What was told before: messages of one kind stand on lines of their own. */
  readonly #told = new Set<Kind>();
  /** Whether nothing of the present message was told. */
  #isFresh = false;

  constructor(events: EventList) {
    this.#events = events;
  }

  /** Take the next piece of text. */
  read(text: string): void {
    this.#pending += text;
    while (this.#step(false));
  }

  /** Nothing follows. A head that was cut off is left out. */
  finish(isCut: boolean): void {
    const left = isCut ? this.#cutLength() : 0;
    this.hasLeftOut = left > 0;
    this.#pending = this.#pending.slice(0, this.#pending.length - left);
    while (this.#step(true));
    this.#end();
  }

  /** UTF-16 units of what is left that are a head which is not whole, or the head of a mark: all else has been told. */
  #cutLength(): number {
    if (this.#kind !== undefined) return cutMarkLength(this.#pending, HARMONY_ENDS);
    const isHead = HEADS.some((head) => this.#pending.startsWith(head));
    return isHead ? this.#pending.length : cutMarkLength(this.#pending, HEADS);
  }

  /** Do the next thing. False if there is nothing more to do with the text that there is. */
  #step(atEnd: boolean): boolean {
    if (this.#pending === '') return false;
    if (this.#kind !== undefined) return this.#readBody(this.#kind, atEnd);
    return this.#readHead(atEnd);
  }

  #readHead(atEnd: boolean): boolean {
    const isHead = HEADS.some((head) => this.#pending.startsWith(head));
    if (!isHead && !atEnd && HEADS.some((head) => head.startsWith(this.#pending))) return false;
    const end = isHead ? this.#pending.indexOf(MESSAGE) : -1;
    if (end >= 0 && end <= MAX_HEAD_LENGTH) {
      this.#begin(this.#pending.slice(0, end));
      this.#pending = this.#pending.slice(end + MESSAGE.length);
      return true;
    }
    if (isHead && !atEnd && this.#pending.length <= MAX_HEAD_LENGTH + MESSAGE.length) return false;
    // No head: text that a model writes without one, or that looks like one.
    const [character = ''] = this.#pending;
    this.#open('content');
    this.#tell('content', character);
    this.#pending = this.#pending.slice(character.length);
    return true;
  }

  /** What a message is, by its head. */
  #begin(head: string): void {
    const [, recipient] = /\bto=([^\s<]+)/.exec(head) ?? [];
    const [, channel] = /<\|channel\|>\s*(\w+)/.exec(head) ?? [];
    if (recipient === undefined) {
      this.#open(channel === 'analysis' ? 'reasoning' : 'content');
      return;
    }
    this.#open('call');
    this.#events.start(recipient.replace(/^functions\./, '').slice(0, MAX_NAME_LENGTH), undefined);
  }

  #open(kind: Kind): void {
    this.#kind = kind;
    this.#isFresh = true;
  }

  #readBody(kind: Kind, atEnd: boolean): boolean {
    const { at, mark } = firstMark(this.#pending, HARMONY_ENDS);
    if (mark !== undefined) {
      this.#tell(kind, this.#pending.slice(0, at));
      this.#end();
      this.#pending = this.#pending.slice(at + (HEADS.includes(mark) ? 0 : mark.length));
      return true;
    }
    const held = atEnd ? 0 : heldLength(this.#pending, HARMONY_ENDS);
    this.#tell(kind, this.#pending.slice(0, this.#pending.length - held));
    this.#pending = this.#pending.slice(this.#pending.length - held);
    return false;
  }

  /** The present message is at its end. */
  #end(): void {
    if (this.#kind === 'call') {
      if (this.#isFresh) this.#events.addArguments('{}');
      this.#events.end();
    }
    this.#kind = undefined;
  }

  #tell(kind: Kind, text: string): void {
    if (text === '') return;
    if (kind === 'call') this.#events.addArguments(text);
    else this.#events.addText(kind, this.#isFresh && this.#told.has(kind) ? `\n${text}` : text);
    this.#told.add(kind);
    this.#isFresh = false;
  }
}
