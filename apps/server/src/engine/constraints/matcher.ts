import type { Range } from '@halftone/grammar';

/** Follows a text letter by letter, and tells whether it can still become what it has to be. */
export interface Matcher {
  /** Whether the text is all of it. */
  readonly isComplete: boolean;
  /** Whether a piece may come next. */
  allows(text: string): boolean;
  /** Whether a piece may come next, and behind it one of some characters beyond ASCII. */
  allowsSome(text: string, range: Range): boolean;
  /** Whether a control token may come next, by its text: within quotes it would be taken for what it is. As `allows` when left out. */
  allowsMark?(mark: string): boolean;
  /** A piece came. */
  accept(text: string): void;
  /** What makes JSON whole that is cut off here; a grammar may want anything next, and nothing closes it. */
  closing?(): string | undefined;
}

/** Whether a matcher lets a control token come next, by its text. */
export function allowsMark(matcher: Matcher, mark: string): boolean {
  return matcher.allowsMark?.(mark) ?? matcher.allows(mark);
}
