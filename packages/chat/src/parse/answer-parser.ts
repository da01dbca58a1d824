import { randomCallId } from '../call-id';
import { MAX_HELD_LENGTH } from '../limits';
import type { ToolDefinition } from '../messages';
import type { CallReader } from './call-reader';
import { EventList } from './event-list';
import { collectAnswer, type Answer, type AnswerEvent } from './events';
import type { AnswerFormat } from './format';
import { HarmonyReader } from './harmony-reader';
import { cutMarkLength, firstMark, heldLength } from './marks';
import { openers, type Openers } from './openers';

/** What a parser is told of the answer. */
export interface AnswerOptions extends AnswerFormat {
  /** Set when the prompt ends with the tag that opens the reasoning. */
  readonly startsInReasoning?: boolean | undefined;
  /**
   * The tools that there are. Where no mark opens a call, only what names one of them is a call; where arguments are not in JSON, their
   * schemas tell texts from numbers.
   */
  readonly tools?: readonly ToolDefinition[] | undefined;
  /** Ids for calls that the model gives none. Nine random letters and digits if left out. */
  readonly makeId?: (() => string) | undefined;
}

/** A call that is being read, and what the text is if it turns out to be none. */
interface OpenCall {
  readonly reader: CallReader;
  /** What opened it. */
  readonly opener: string;
  /** What it has taken behind the opener, as long as no call has started. */
  raw: string;
  /** Calls that had started before. */
  readonly callsBefore: number;
}

const SPACE = /^\s*/;
/** What Llama writes between calls, besides space. */
const SPACE_BETWEEN_CALLS = /^[\s;,]*/;

/**
 * Takes a model's answer apart while it comes: content, reasoning, calls of tools.
 *
 * It never throws on what a model writes. What looks like a call and is none becomes content; arguments that are cut off or
 * are no JSON are told as they are. The events, put together, do not depend on how the text was cut.
 */
export class AnswerParser {
  readonly #events: EventList;
  readonly #openers: Openers;
  readonly #names: ReadonlySet<string> | undefined;
  readonly #marks: readonly string[];
  #place: 'start' | 'reasoning' | 'content' = 'start';
  /** Text that is not decided yet. */
  #pending = '';
  #call: OpenCall | undefined;
  /** Whether nothing but space came since the present place began, or since the last call. */
  #fresh = true;
  /** What came before, if the place is fresh: it tells what space means. */
  #before: 'nothing' | 'reasoning' | 'call' = 'nothing';
  readonly #options: AnswerOptions;
  #isCut = false;
  #hasLeftOut = false;
  /** Reads answers that are messages of their own. */
  readonly #harmony: HarmonyReader | undefined;

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.#openers = openers[options.calls];
    this.#marks = [...this.#openers.marks.keys()];
    const { tools } = options;
    this.#names = tools === undefined ? undefined : new Set(tools.map((tool) => tool.function.name));
    this.#events = new EventList(options.makeId ?? randomCallId);
    this.#harmony = options.calls === 'harmony' ? new HarmonyReader(this.#events) : undefined;
    if (options.startsInReasoning === true && options.reasoning !== undefined) this.#place = 'reasoning';
  }

  /** Take the next piece of text. */
  push(text: string): readonly AnswerEvent[] {
    if (this.#harmony !== undefined) this.#harmony.read(text);
    else {
      this.#pending += text;
      this.#read(false);
    }
    return this.#events.take();
  }

  /**
   * The answer is at its end. Where it was cut off, the head of a mark is left out, and so is a mark of a call with what stands behind it
   * before its arguments; where the model ended it, all of that is text.
   */
  finish(isCut = false): readonly AnswerEvent[] {
    this.#isCut = isCut;
    if (this.#harmony !== undefined) this.#harmony.finish(isCut);
    else this.#read(true);
    return this.#events.take();
  }

  /** Whether the end of an answer that was cut off is told in no event. */
  get hasLeftOut(): boolean {
    return this.#harmony?.hasLeftOut ?? this.#hasLeftOut;
  }

  #read(atEnd: boolean): void {
    while (this.#step(atEnd));
  }

  /** Do the next thing. False if there is nothing more to do with the text that there is. */
  #step(atEnd: boolean): boolean {
    if (this.#call !== undefined) return this.#readCall(this.#call, atEnd);
    switch (this.#place) {
      case 'start':
        return this.#readStart(atEnd);
      case 'reasoning':
        return this.#readReasoning(atEnd);
      case 'content':
        return this.#fresh ? this.#readFreshContent(atEnd) : this.#readContent(atEnd);
    }
  }

  #readStart(atEnd: boolean): boolean {
    const rest = this.#pending.trimStart();
    const open = this.#options.reasoning?.open;
    if (!atEnd && (rest === '' || open?.startsWith(rest) === true) && rest !== open) return false;
    const isReasoning = open !== undefined && rest.startsWith(open);
    if (isReasoning) this.#pending = rest.slice(open.length);
    else if (open?.startsWith(rest) === true && this.#leaveOut(rest, [open]) > 0) this.#pending = '';
    this.#place = isReasoning ? 'reasoning' : 'content';
    return true;
  }

  /** Space at both ends of the reasoning is none of it. */
  #readReasoning(atEnd: boolean): boolean {
    const close = this.#options.reasoning?.close ?? '';
    if (this.#fresh) this.#pending = this.#pending.trimStart();
    this.#fresh &&= this.#pending === '';
    const end = this.#pending.indexOf(close);
    if (end >= 0) {
      this.#events.addText('reasoning', this.#pending.slice(0, end).trimEnd());
      this.#pending = this.#pending.slice(end + close.length);
      this.#enterContent('reasoning');
      return true;
    }
    const held = atEnd ? this.#leaveOut(this.#pending, [close]) : heldLength(this.#pending, [close]);
    const decided = this.#pending.slice(0, this.#pending.length - held).trimEnd();
    this.#events.addText('reasoning', decided);
    this.#pending = atEnd ? '' : this.#pending.slice(decided.length);
    return false;
  }

  /** Where content begins, a call may open without a mark, and space counts only if text follows. */
  #readFreshContent(atEnd: boolean): boolean {
    const betweenCalls = this.#before === 'call' && this.#openers.bare.size > 0;
    const [space = ''] = (betweenCalls ? SPACE_BETWEEN_CALLS : SPACE).exec(this.#pending) ?? [];
    const rest = this.#pending.slice(space.length);
    if (!atEnd && (rest === '' || this.#marks.some((mark) => mark !== rest && mark.startsWith(rest))))
      return false;
    const text = this.#before === 'reasoning' || (rest === '' && this.#before === 'call') ? '' : space;
    const makeBare = this.#openers.bare.get(rest.charAt(0));
    if (makeBare !== undefined) {
      this.#open(makeBare(this.#events, this.#names), text, rest);
      return true;
    }
    const mark = this.#marks.find((one) => rest.startsWith(one));
    if (mark !== undefined) {
      this.#openMark(mark, text + mark, rest.slice(mark.length));
      return true;
    }
    this.#pending = text + rest;
    this.#fresh = false;
    return true;
  }

  #readContent(atEnd: boolean): boolean {
    const { at, mark } = firstMark(this.#pending, this.#marks);
    if (mark !== undefined) {
      this.#events.addText('content', this.#pending.slice(0, at));
      this.#openMark(mark, mark, this.#pending.slice(at + mark.length));
      return true;
    }
    const held = atEnd ? this.#leaveOut(this.#pending, this.#marks) : heldLength(this.#pending, this.#marks);
    const decided = this.#pending.length - held;
    this.#events.addText('content', this.#pending.slice(0, decided));
    this.#pending = atEnd ? '' : this.#pending.slice(decided);
    return false;
  }

  /** UTF-16 units at the end of the answer that are told in no event: the head of a mark in which it was cut off. */
  #leaveOut(text: string, marks: readonly string[]): number {
    const length = this.#isCut ? cutMarkLength(text, marks) : 0;
    this.#hasLeftOut ||= length > 0;
    return length;
  }

  #readCall(call: OpenCall, atEnd: boolean): boolean {
    const { reader } = call;
    for (let at = 0; at < this.#pending.length; at++) {
      const character = this.#pending.charAt(at);
      const state = reader.take(character);
      if (this.#events.count === call.callsBefore) call.raw += character;
      const isTooLong = this.#events.count === call.callsBefore && call.raw.length > MAX_HELD_LENGTH;
      if (state === 'more' && !isTooLong) continue;
      const rest = this.#pending.slice(at + 1);
      if (state === 'failed' || isTooLong) this.#takeForText(call, rest);
      else this.#endCall(state === 'done' ? rest : reader.giveBack + rest);
      return true;
    }
    this.#pending = '';
    if (!atEnd) return false;
    const isCall = reader.finish();
    this.#hasLeftOut = !isCall && this.#isCut && this.#marks.some((mark) => call.opener.endsWith(mark));
    if (isCall || this.#hasLeftOut) this.#endCall('');
    else this.#takeForText(call, '');
    return true;
  }

  #openMark(mark: string, opener: string, rest: string): void {
    const make = this.#openers.marks.get(mark);
    if (make === undefined) throw new TypeError(`no reader behind ${mark}`);
    this.#open(make(this.#events, this.#options.tools ?? []), opener, rest);
  }

  #open(reader: CallReader, opener: string, rest: string): void {
    this.#call = { reader, opener, raw: '', callsBefore: this.#events.count };
    this.#pending = rest;
  }

  #endCall(rest: string): void {
    this.#call = undefined;
    this.#pending = rest;
    this.#enterContent('call');
  }

  /** What looked like a call is none: what opened it is text, and the rest is read again. */
  #takeForText({ opener, raw }: OpenCall, rest: string): void {
    this.#call = undefined;
    this.#events.addText('content', opener);
    this.#pending = raw + rest;
    this.#fresh = false;
  }

  #enterContent(before: 'reasoning' | 'call'): void {
    this.#place = 'content';
    this.#fresh = true;
    this.#before = before;
  }
}

/** Take a whole answer apart. */
export function parseAnswer(text: string, options: AnswerOptions): Answer {
  const parser = new AnswerParser(options);
  return collectAnswer([...parser.push(text), ...parser.finish()]);
}
