/** A text, as a grammar or a regular expression says what it may be. `More` is what only one of them says. */
export type Expression<More = Rule> =
  | Character
  | { readonly kind: 'sequence'; readonly parts: readonly Expression<More>[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression<More>[] }
  | {
      readonly kind: 'repeat';
      readonly what: Expression<More>;
      readonly least: number;
      readonly most: number;
    }
  | More;

/** One character: of the ranges of code points, both ends included, or of none of them. */
export interface Character {
  readonly kind: 'character';
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

/** Whether a character is one of a kind. */
export function isOf({ ranges, isNegated }: Character, code: number): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last) !== isNegated;
}
