import type { Range } from './expression';

/** The last code point of Unicode. */
export const MAX_CODE = 0x10ffff;

/** The same characters in ranges that grow and do not touch. */
export function inOrder(ranges: readonly Range[]): readonly Range[] {
  const found: [number, number][] = [];
  for (const [first, last] of [...ranges].sort(([a], [b]) => a - b)) {
    const before = found.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else found.push([first, last]);
  }
  return found;
}

/** All characters that are in none of the ranges. */
export function inverse(ranges: readonly Range[]): readonly Range[] {
  const found: Range[] = [];
  let from = 0;
  for (const [first, last] of inOrder(ranges)) {
    if (first > from) found.push([from, first - 1]);
    from = last + 1;
  }
  return from > MAX_CODE ? found : [...found, [from, MAX_CODE]];
}

/** The characters that are in both of two lists of ranges, each in order. */
export function common(some: readonly Range[], others: readonly Range[]): readonly Range[] {
  return some.flatMap(([first, last]) =>
    others.flatMap(([from, to]): readonly Range[] => {
      const [low, high] = [Math.max(first, from), Math.min(last, to)];
      return low <= high ? [[low, high]] : [];
    }),
  );
}
