/** What Python takes for white space: U+FEFF is none, and four separators of ASCII are. */
const SPACE = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** The ends of a text. */
export type Ends = 'left' | 'right' | 'both';

/** Python's `strip`, `lstrip` and `rstrip`: white space goes, or each of some characters. */
export function strip(text: string, ends: Ends, characters?: string): string {
  const all = characters === undefined ? undefined : Array.from(characters);
  let start = 0;
  let end = text.length;
  while (ends !== 'right' && start < end) {
    const length = lengthOf(all, (one) => text.startsWith(one, start), text.charAt(start));
    if (length === 0) break;
    start += length;
  }
  while (ends !== 'left' && end > start) {
    const length = lengthOf(all, (one) => text.endsWith(one, end), text.charAt(end - 1));
    if (length === 0) break;
    end -= length;
  }
  return text.slice(start, end);
}

/** UTF-16 units of what goes at one end: 0 if it stays. */
function lengthOf(
  all: readonly string[] | undefined,
  stands: (one: string) => boolean,
  unit: string,
): number {
  return all === undefined ? Number(SPACE.test(unit)) : (all.find(stands)?.length ?? 0);
}
