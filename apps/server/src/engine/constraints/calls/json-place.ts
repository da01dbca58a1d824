/** Where in a text of JSON a piece ends. Plain data: a piece that is only tried leaves it as it was. */
export interface JsonPlace {
  readonly isQuoted: boolean;
  readonly isEscaped: boolean;
  /** Brackets that are open. */
  readonly depth: number;
  /** The end of what stands within quotes, as much as may be the beginning of a mark. */
  readonly tail: string;
}

/** Where a text of JSON begins. */
export const JSON_START: JsonPlace = { isQuoted: false, isEscaped: false, depth: 0, tail: '' };

/** Go on with a piece; `undefined` where one of the marks stands within quotes. */
export function placeAfter(before: JsonPlace, text: string, marks: readonly string[]): JsonPlace | undefined {
  const longest = Math.max(1, ...marks.map(({ length }) => length));
  let { isQuoted, isEscaped, depth, tail } = before;
  for (const letter of text) {
    if (!isQuoted) {
      if (letter === '{' || letter === '[') depth++;
      else if (letter === '}' || letter === ']') depth--;
      isQuoted = letter === '"';
      tail = '';
      continue;
    }
    tail = (tail + letter).slice(-longest);
    if (marks.some((mark) => tail.endsWith(mark))) return undefined;
    isQuoted = isEscaped || letter !== '"';
    isEscaped = !isEscaped && letter === '\\';
  }
  return { isQuoted, isEscaped, depth, tail };
}
