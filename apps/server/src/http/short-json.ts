/** UTF-16 units of what was found that are told. */
const MAX_TOLD = 80;

/** A value of a body as JSON; of one that is long, its beginning and how long it is. What is not there is `nothing`. */
export function shortJson(value: unknown): string {
  if (value === undefined) return 'nothing';
  let text = '';
  for (const piece of piecesOf(value)) {
    text += piece;
    if (text.length > MAX_TOLD) return `${text.slice(0, MAX_TOLD)}…${lengthWords(value)}`;
  }
  return text;
}

/** The JSON of a value, piece by piece: a whole body is not written out again. Of texts no more is written than is told. */
function* piecesOf(value: unknown): Generator<string, void, undefined> {
  if (Array.isArray(value)) {
    yield '[';
    for (const [place, one] of value.entries()) {
      if (place > 0) yield ',';
      yield* piecesOf(one);
    }
    yield ']';
  } else if (typeof value === 'object' && value !== null) {
    yield '{';
    for (const [place, [name, one]] of Object.entries(value).entries()) {
      yield `${place > 0 ? ',' : ''}${textJson(name)}:`;
      yield* piecesOf(one);
    }
    yield '}';
  } else if (typeof value === 'string') yield textJson(value);
  // JSON can write numbers that are too large for one: they are read as `Infinity`.
  else yield String(value);
}

function textJson(text: string): string {
  return JSON.stringify(text.slice(0, MAX_TOLD));
}

/** How long a value is of which parts are left out. */
function lengthWords(value: unknown): string {
  if (typeof value === 'string') return value.length > MAX_TOLD ? ` (${value.length} characters)` : '';
  return Array.isArray(value) ? ` (${value.length} elements)` : '';
}
