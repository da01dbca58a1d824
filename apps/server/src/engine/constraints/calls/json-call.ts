import { JsonMatcher, type CompiledSchema, type Range } from '@halftone/grammar';
import type { Matcher } from '../matcher';
import { JSON_START, placeAfter, type JsonPlace } from './json-place';

/** How a part of a call in JSON is bound. */
export interface JsonCallOptions {
  /** What follows it. Nothing when left out. */
  readonly closing?: string;
  /** What ends a call for its reader, wherever it stands: within quotes it is not written. */
  readonly marks?: readonly string[];
}

/** A call, or its arguments, in JSON by a schema. */
export class JsonCall implements Matcher {
  readonly #json: JsonMatcher;
  readonly #marks: readonly string[];
  #place: JsonPlace = JSON_START;

  constructor(schema: CompiledSchema, { closing = '', marks = [] }: JsonCallOptions = {}) {
    this.#json = new JsonMatcher(schema, closing);
    this.#marks = marks;
  }

  get isComplete(): boolean {
    return this.#json.isComplete;
  }

  allows(text: string): boolean {
    return placeAfter(this.#place, text, this.#marks) !== undefined && this.#json.allows(text);
  }

  allowsSome(text: string, range: Range): boolean {
    return placeAfter(this.#place, text, this.#marks) !== undefined && this.#json.allowsSome(text, range);
  }

  allowsMark(mark: string): boolean {
    return !this.#place.isQuoted && this.#json.allows(mark);
  }

  accept(text: string): void {
    this.#place = placeAfter(this.#place, text, this.#marks) ?? this.#place;
    this.#json.accept(text);
  }

  closing(): string {
    return this.#json.closing() ?? '';
  }
}
