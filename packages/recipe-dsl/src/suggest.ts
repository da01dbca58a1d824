import { MAX_QUOTED_LENGTH } from './limits';

/** The text in quotes for an error message, cut where it is too long to help. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text);
}

/** `Did you mean iq4_ks?`, or `undefined` when no allowed word is near. Case alone never makes a word far. */
export function didYouMean(found: string, allowed: readonly string[]): string | undefined {
  if (found.length > MAX_QUOTED_LENGTH) return undefined;
  const most = Math.min(2, found.length - 1);
  const near = allowed
    .map((word) => ({ word, distance: editDistance(found.toLowerCase(), word.toLowerCase()) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)[0];
  return near === undefined ? undefined : `Did you mean ${near.word}?`;
}

/** How many characters must be inserted, deleted or replaced to make `a` into `b` (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const row = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (previous[j] ?? 0) + (letter === other ? 0 : 1);
      row.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous.at(-1) ?? 0;
}
