/** UTF-16 units of what was found that are told. */
const MAX_TOLD = 80;

/** Values of a list or an object that are told, and levels of them: more have no room anyway. */
const MAX_PARTS = 8;
const MAX_LEVELS = 3;

/** A value of a body as JSON; of one that is long, its beginning and how long it is. What is not there is `nothing`. */
export function shortJson(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON can write numbers that are too large for one: they are read as `Infinity`.
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(cut(value, 0));
  const length = lengthWords(value);
  if (text.length <= MAX_TOLD && length === undefined) return text;
  return `${text.slice(0, MAX_TOLD)}…${length === undefined ? '' : ` (${length})`}`;
}

/** How long a value is of which parts are left out. */
function lengthWords(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > MAX_TOLD ? `${value.length} characters` : undefined;
  if (Array.isArray(value)) return value.length > MAX_PARTS ? `${value.length} elements` : undefined;
  return undefined;
}

/** What is told of a value, and a little more: a whole body is not written out again. */
function cut(value: unknown, level: number): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_TOLD);
  if (typeof value !== 'object' || value === null) return value;
  if (level === MAX_LEVELS) return Array.isArray(value) ? [] : {};
  if (Array.isArray(value)) return value.slice(0, MAX_PARTS).map((one) => cut(one, level + 1));
  const members = Object.entries(value).slice(0, MAX_PARTS);
  return Object.fromEntries(members.map(([name, one]) => [name.slice(0, MAX_TOLD), cut(one, level + 1)]));
}
