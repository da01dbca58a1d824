/** A text, as a grammar or a regular expression says what it may be. `More` is what only one of them says. */
export type Expression<More = Rule> =
  | Character
  | { readonly kind: 'sequence'; readonly parts: readonly Expression<More>[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression<More>[] }
  | Repeat<More>
  | More;

/** An expression several times. */
export interface Repeat<More> extends Times {
  readonly kind: 'repeat';
  readonly what: Expression<More>;
}

/** One character: of the ranges of code points, both ends included, or of none of them. */
export interface Character {
  readonly kind: 'character';
  /** In order, and none touches another. */
  readonly ranges: readonly Range[];
  readonly isNegated: boolean;
}

/** What another rule of a grammar says. */
export interface Rule {
  readonly kind: 'rule';
  readonly name: string;
}

/** No character, but a place that only the beginning or the end of a text has. */
export interface Edge {
  readonly kind: 'edge';
  readonly at: 'start' | 'end';
}

/** Code points from the first to the last. */
export type Range = readonly [first: number, last: number];

/** Expressions by name; a text is what `root` says. */
export type Rules = ReadonlyMap<string, Expression>;

/** Repetitions that are counted. Threat: work. Largest: lengths of texts, some hundreds. */
export const MAX_REPEAT = 10_000;

/** One character that is just this one. */
export function character(code: number): Character {
  return { kind: 'character', ranges: [[code, code]], isNegated: false };
}

/** Expressions one after another. */
export function sequence<More>(parts: readonly Expression<More>[]): Expression<More> {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { kind: 'sequence', parts };
}

/** One of several expressions. */
export function choice<More>(options: readonly Expression<More>[]): Expression<More> {
  const [only] = options;
  return only !== undefined && options.length === 1 ? only : { kind: 'choice', options };
}

/** An expression that comes so often. Repetitions of repetitions become one where they say the same. */
export function repeat<More extends Rule | Edge>(
  what: Expression<More>,
  { least, most }: Times,
): Expression<More> {
  const isOpen = what.kind === 'repeat' && what.least <= 1 && what.most > 0 && most > 0;
  if (!isOpen) return { kind: 'repeat', what, least, most };
  // With none or one at least, all numbers up to the greatest can be had.
  return { kind: 'repeat', what: what.what, least: what.least * least, most: what.most * most };
}

/** How often something comes. */
export interface Times {
  readonly least: number;
  readonly most: number;
}

/** Whether a character is one of a kind. */
export function isOf({ ranges, isNegated }: Character, code: number): boolean {
  let [low, high] = [0, ranges.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = ranges[middle] ?? [0, 0];
    if (code < first) high = middle - 1;
    else if (code > last) low = middle + 1;
    else return !isNegated;
  }
  return isNegated;
}

/** Whether any of some characters is one of a kind. */
export function isSomeOf(kind: Character, [first, last]: Range): boolean {
  // Where ranges neither begin nor end within, all of them are alike.
  const edges = kind.ranges.flatMap(([from, to]) => [from, to + 1]);
  return [first, ...edges.filter((edge) => edge > first && edge <= last)].some((code) => isOf(kind, code));
}
