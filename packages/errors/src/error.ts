/** Where an error arose and what would have been right. Every field is told in the message when it is known. */
export interface ErrorFacts {
  /** The file (a path, or the name of a source that is no file). */
  readonly file?: string | undefined;
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
  /** Where, found, allowed, advice. */
  readonly facts: ErrorFacts;

  constructor(code: Code, what: string, facts: ErrorFacts = {}) {
    super(errorMessage(what, facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.code = code;
    this.facts = facts;
  }
}

/** Whether an error is one that Halftone threw on purpose; anything else is a defect. */
export function isHalftoneError(error: unknown): error is HalftoneError {
  return error instanceof HalftoneError;
}

/** `model.gguf: tensor "output.weight": at byte 123: what (found 7, allowed 2 or 3). Advice.` */
function errorMessage(what: string, { file, tensor, offset, found, allowed, advice }: ErrorFacts): string {
  const where = [
    file,
    tensor === undefined ? undefined : `tensor ${JSON.stringify(tensor)}`,
    offset === undefined ? undefined : `at byte ${String(offset)}`,
  ].filter((part) => part !== undefined);
  const limits = [
    found === undefined ? undefined : `found ${String(found)}`,
    allowed === undefined ? undefined : `allowed ${allowed}`,
  ].filter((part) => part !== undefined);
  const told = limits.length === 0 ? what : `${what} (${limits.join(', ')})`;
  return `${[...where, told].join(': ')}.${advice === undefined ? '' : ` ${advice}`}`;
}
