/** Where an error arose and what would have been right. Every field is told in the message when it is known. */
export interface ErrorFacts {
  /** The file (a path, or the name of a source that is no file). */
  readonly file?: string | undefined;
  /** The line in a text file, from 1. */
  readonly line?: number | undefined;
  /** The tensor that was being worked on. */
  readonly tensor?: string | undefined;
  /** The byte offset in the file. */
  readonly offset?: number | undefined;
  /** What was found. */
  readonly found?: string | number | bigint | undefined;
  /** What would have been allowed. */
  readonly allowed?: string | undefined;
  /** What the reader can do next: one sentence. */
  readonly advice?: string | undefined;
  /** The error that caused this one. */
  readonly cause?: unknown;
}

/**
 * The shape of every error that Halftone throws on purpose: what happened, where, what was found and
 * allowed, and what to do next. `code` is stable and meant for programs; the message is meant for people.
 *
 * A package narrows it: `class GgufError extends HalftoneError<GgufErrorCode> {}`.
 */
export class HalftoneError<Code extends string = string> extends Error {
  /** Stable, for programs: for example `truncated`. */
  readonly code: Code;
  /** What happened, without the facts. */
  readonly what: string;
  /** Where, found, allowed, advice. */
  readonly facts: ErrorFacts;

  constructor(code: Code, what: string, facts: ErrorFacts = {}) {
    super(errorMessage(what, facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.code = code;
    this.what = what;
    this.facts = facts;
  }

  /** This error, told with facts that only a caller knows, such as the file; what it says itself stays. */
  with(facts: ErrorFacts): this {
    const Same = this.constructor as new (code: Code, what: string, facts: ErrorFacts) => this;
    return new Same(this.code, this.what, { cause: this, ...facts, ...this.facts });
  }
}

/** Whether an error is one that Halftone threw on purpose; anything else is a defect. */
export function isHalftoneError(error: unknown): error is HalftoneError {
  return error instanceof HalftoneError;
}

/**
 * `model.gguf: tensor "output.weight": at byte 123: what (found 7, allowed 2 or 3). Advice.`
 * `mix.recipe, line 4: what (found iq4_ksx, allowed iq4_ks, iq4_kss). Advice.`
 */
function errorMessage(what: string, { found, allowed, advice, ...place }: ErrorFacts): string {
  const limits = [
    found === undefined ? undefined : `found ${found}`,
    allowed === undefined ? undefined : `allowed ${allowed}`,
  ].filter((part) => part !== undefined);
  const told = limits.length === 0 ? what : `${what} (${limits.join(', ')})`;
  return `${[...placeWords(place), told].join(': ')}.${advice === undefined ? '' : ` ${advice}`}`;
}

/** From the widest place to the narrowest. */
function placeWords({ file, line, tensor, offset }: ErrorFacts): string[] {
  const lineWords = line === undefined ? undefined : `line ${line}`;
  return [
    [file, lineWords].filter((part) => part !== undefined).join(', '),
    tensor === undefined ? '' : `tensor ${JSON.stringify(tensor)}`,
    offset === undefined ? '' : `at byte ${offset}`,
  ].filter((part) => part !== '');
}
