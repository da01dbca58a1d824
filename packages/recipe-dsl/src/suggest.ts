import { MAX_QUOTED_LENGTH } from './limits';

/** The text in quotes for an error message, cut where it is too long to help. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text);
}

/**
 * `Did you mean iq4_ks?`, or `undefined` when no allowed word is near. Case alone never makes a word far; of words that are equally near,
 * those with the most letters of the found one.
 */
export function didYouMean(found: string, allowed: readonly string[]): string | undefined {
  if (found.length > MAX_QUOTED_LENGTH) return undefined;
  const distances = allowed.map((word) => editDistance(found.toLowerCase(), word.toLowerCase()));
  const least = Math.min(...distances);
  if (least > Math.min(2, found.length - 1)) return undefined;
  const nearest = allowed.filter((_, i) => distances[i] === least);
  const shared = nearest.map((word) => sharedLetters(found.toLowerCase(), word.toLowerCase()));
  const most = Math.max(...shared);
  return `Did you mean ${nearest.filter((_, i) => shared[i] === most).join(' or ')}?`;
}

/** How many letters two words have in common, wherever they stand. */
function sharedLetters(a: string, b: string): number {
  const left = Array.from(b);
  return Array.from(a).filter((letter) => {
    const place = left.indexOf(letter);
    if (place >= 0) left.splice(place, 1);
    return place >= 0;
  }).length;
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
