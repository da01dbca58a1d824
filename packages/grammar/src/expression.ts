/** A text, as a grammar or a regular expression says what it may be. */
export type Expression =
  /** One character: of the ranges of code points, both ends included, or of none of them. */
  | { readonly kind: 'character'; readonly ranges: readonly Range[]; readonly isNegated: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
  | { readonly kind: 'repeat'; readonly what: Expression; readonly least: number; readonly most: number }
  | { readonly kind: 'rule'; readonly name: string };

/** Code points from the first to the last. */
export type Range = readonly [first: number, last: number];

/** Expressions by name; a text is what `root` says. */
export type Rules = ReadonlyMap<string, Expression>;

/** Repetitions that are counted. Threat: work. Largest: lengths of texts, some hundreds. */
export const MAX_REPEAT = 10_000;

/** One character that is just this one. */
export function character(code: number): Expression {
  return { kind: 'character', ranges: [[code, code]], isNegated: false };
}

/** Expressions one after another. */
export function sequence(parts: readonly Expression[]): Expression {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { kind: 'sequence', parts };
}

/** One of several expressions. */
export function choice(options: readonly Expression[]): Expression {
  const [only] = options;
  return only !== undefined && options.length === 1 ? only : { kind: 'choice', options };
}

/** Whether a character is one of a kind. */
export function isOf(
  { ranges, isNegated }: Expression & { readonly kind: 'character' },
  code: number,
): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last) !== isNegated;
}
