import { MAX_HEAD_LENGTH, type AnswerFormat } from '@halftone/chat';
import type { CallRules } from '../../engine';
import { startsWithPiece, type TextPiece } from '../utf8';
import { callForms, type CallableTools, type CallForm, type CallShape } from './forms';

/** Where a call opens in free text. */
export interface Opening {
  /** Whether nothing stands before it but what the format has there. */
  readonly isAtOnce: boolean;
  /** What of the call stands there already. */
  readonly behind: string;
  readonly shape: CallShape | undefined;
}

/** Texts that open calls, and what is written then; `undefined` where none may be called. */
type Openers = readonly (readonly [opener: string, shape: CallShape | undefined])[];

/** What a call that no mark opens begins with: less would take any object for one. */
const CALL_KEYS = ['"name":"', '"arguments":{', '"parameters":{', '"type":"function"'];

/** Looks for what opens calls in text that is no call. A value: a piece that is only tried leaves it as it was. */
export class FreeText {
  private constructor(
    private readonly parts: {
      readonly form: CallForm;
      readonly marks: Openers;
      /** Texts without space. */
      readonly bare: Openers;
      /** What ends the reasoning, behind which content begins. */
      readonly reasoningEnd: string | undefined;
    },
    /** The end of the text, as much as may be the beginning of a mark. */
    private readonly tail: string,
    /** What has come since the content began, as long as it may open a call. */
    private readonly fresh: string | undefined,
    private readonly isCut: boolean,
  ) {}

  /** The beginning of an answer. */
  static of(format: AnswerFormat, tools: CallableTools, { choice }: CallRules): FreeText {
    const form = callForms[format.calls];
    const mayCall = choice !== 'none' && tools.schemas.size > 0;
    const shapes = (openers: CallForm['marks']): Openers =>
      [...openers].map(([opener, shape]) => [opener, mayCall ? shape(tools) : undefined]);
    const begins = (opener: string): readonly string[] => {
      // Who has to call begins with it, whatever its keys.
      if (mayCall && choice !== 'auto') return [opener];
      // An object that names no tool is no call.
      if (!mayCall)
        return [...tools.names].map((name) => withoutSpace(`${opener}"name":${JSON.stringify(name)}`));
      return CALL_KEYS.map((key) => opener + key);
    };
    const bare = shapes(form.bare).flatMap(([opener, shape]) =>
      begins(opener).map((begin) => [begin, shape] as const),
    );
    const parts = { form, marks: shapes(form.marks), bare, reasoningEnd: format.reasoning?.close };
    return new FreeText(parts, '', '', false);
  }

  /** Where a call opens when a piece has come. */
  opening(text: string): Opening | undefined {
    return this.#bareOpening(text) ?? this.#markOpening(text);
  }

  /** Whether all of the text, with a piece that comes next, may become what opens a call. */
  mayOpen({ text, next }: TextPiece): boolean {
    const all = { text: this.tail + text, next };
    const { lead = '' } = this.parts.form;
    const openers = [
      ...this.parts.marks.map(([mark]) => lead + mark),
      ...this.parts.bare.map(([begin]) => begin),
    ];
    return openers.some((opener) => startsWithPiece(opener, all));
  }

  /** A piece has come that opened no call. */
  after(text: string): FreeText {
    const all = this.tail + text;
    const keep = this.#kept();
    return this.#with(all.slice(-keep), this.#freshAfter(text), this.isCut || all.length > keep);
  }

  /** Free text once more, behind a call. */
  behindCall(): FreeText {
    return this.#with('', '', true);
  }

  #with(tail: string, fresh: string | undefined, isCut: boolean): FreeText {
    return new FreeText(this.parts, tail, fresh, isCut);
  }

  #bareOpening(text: string): Opening | undefined {
    if (this.fresh === undefined) return undefined;
    const behind = (this.fresh + text).trimStart();
    const written = withoutSpace(behind);
    const found = this.parts.bare.find(([begin]) => written.startsWith(begin));
    return found === undefined ? undefined : { isAtOnce: true, behind, shape: found[1] };
  }

  #markOpening(text: string): Opening | undefined {
    const all = this.tail + text;
    const found = this.parts.marks.flatMap(([mark, shape]) => {
      const at = this.#placeOf(mark, all);
      return at < 0 ? [] : [{ at, behind: all.slice(at + mark.length), shape }];
    });
    const [first] = found.toSorted((one, other) => one.at - other.at);
    if (first === undefined) return undefined;
    const before = all.slice(0, first.at);
    return { ...first, isAtOnce: before === '' || before === this.parts.form.lead };
  }

  /** Where a mark stands that counts; -1 if there is none. */
  #placeOf(mark: string, all: string): number {
    let at = all.indexOf(mark);
    while (at >= 0 && !this.#isHead(all.slice(0, at))) at = all.indexOf(mark, at + 1);
    return at;
  }

  /** Whether what follows stands where marks count. */
  #isHead(before: string): boolean {
    const { heads } = this.parts.form;
    if (heads === undefined) return true;
    const begin = Math.max(...heads.begin.map((mark) => before.lastIndexOf(mark)));
    const end = before.lastIndexOf(heads.end);
    // An answer begins with a head.
    return begin < 0 && end < 0 ? !this.isCut : begin > end;
  }

  #kept(): number {
    if (this.parts.form.heads !== undefined) return MAX_HEAD_LENGTH;
    return Math.max(
      this.parts.reasoningEnd?.length ?? 0,
      ...this.parts.marks.map(([{ length }]) => length),
      1,
    );
  }

  #freshAfter(text: string): string | undefined {
    const all = this.tail + text;
    const close = this.parts.reasoningEnd === undefined ? -1 : all.indexOf(this.parts.reasoningEnd);
    const begun = this.fresh === undefined ? undefined : this.fresh + text;
    const fresh = close < 0 ? begun : all.slice(close + (this.parts.reasoningEnd?.length ?? 0));
    const written = withoutSpace(fresh ?? '');
    return this.parts.bare.some(([begin]) => begin.startsWith(written)) ? fresh : undefined;
  }
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}
