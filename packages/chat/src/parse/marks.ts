/** How much of the end of a text may be the beginning of a mark. */
export function heldLength(text: string, marks: readonly string[]): number {
  const longest = Math.max(0, ...marks.map((mark) => mark.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    const end = text.slice(-length);
    if (marks.some((mark) => mark.startsWith(end))) return length;
  }
  return 0;
}

/** The first of some marks in a text, and its place: the end, if there is none. */
export function firstMark(text: string, marks: readonly string[]): { at: number; mark: string | undefined } {
  let first: { at: number; mark: string | undefined } = { at: text.length, mark: undefined };
  for (const mark of marks) {
    const at = text.indexOf(mark);
    if (at >= 0 && at < first.at) first = { at, mark };
  }
  return first;
}

/**
 * How much of the end of an answer that was cut off is the head of a mark. One character is none: a `<` or a `[` stands in any text.
 */
export function cutMarkLength(text: string, marks: readonly string[]): number {
  const length = heldLength(text, marks);
  return length > 1 ? length : 0;
}
