import { MAX_QUOTED_LENGTH } from './limits';

/** The text in quotes for an error message, cut where it is too long to help. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text);
}

/** `Did you mean iq4_ks?`, or `undefined` when no allowed word is near. Case alone never makes a word far. */
export function didYouMean(found: string, allowed: readonly string[]): string | undefined {
  if (found.length > MAX_QUOTED_LENGTH) return undefined;
  const distances = allowed.map((word) => editDistance(found.toLowerCase(), word.toLowerCase()));
  const least = Math.min(...distances);
  if (least > Math.min(2, found.length - 1)) return undefined;
  return `Did you mean ${allowed.filter((_, i) => distances[i] === least).join(' or ')}?`;
}

/** How many letters must be inserted, deleted, replaced or swapped with their neighbour to make `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (last[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      const swapped = a[i] === b[j - 1] && a[i - 1] === b[j] ? (beforeLast[j - 1] ?? 0) + 1 : Infinity;
      row.push(Math.min(replaced, swapped, (last[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    [beforeLast, last] = [last, row];
  }
  return last.at(-1) ?? 0;
}
