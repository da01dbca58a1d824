import { tooOpen } from '../error';
import { isOf, isSomeOf, type Expression, type Range, type Rules } from './expression';

/**
 * Steps between two characters: all that a text may go on with is looked at. Threat: grammars that may mean very many things at once. Largest:
 * some thousands, a list of as many words.
 */
const MAX_STEPS = 100_000;

/** Steps between two pieces that were accepted: all that are tried in between. Threat: a vocabulary of which each token is tried. */
const MAX_TRIED_STEPS = 4_000_000;

/** Characters at the beginnings of pieces that are looked at once: most pieces share them. */
const MAX_SHARED = 2;

/** A part of a grammar that is still to come, and what comes after it. */
interface Frame {
  /** `undefined`: the end of the text. */
  readonly expression: Expression | undefined;
  /** Parts of the sequence, or repetitions, that are done. */
  readonly done: number;
  readonly then: Frame | undefined;
  /** The frames that go on with this one, each made once: so that places that are the same are one. */
  readonly made: Map<Expression, Map<number, Frame>>;
}

/**
 * Follows a text character by character, and tells whether it can still become what a grammar or a regular expression says.
 *
 * Time grows with the text alone: the places that a text may be in at once are limited, and a grammar that leaves more open is an error.
 */
export class TextMatcher {
  readonly #rules: Rules;
  #places: readonly Frame[];
  /** Where the beginnings of pieces lead from there. */
  readonly #shared = new Map<string, readonly Frame[]>();
  #steps = 0;

  /**
   * @param rules - of `readGrammar` or `readPattern`.
   * @throws GrammarError `bad-grammar` for rules that leave too much open, as {@link allows} and {@link accept} do.
   */
  constructor(rules: Rules) {
    this.#rules = rules;
    const end: Frame = { expression: undefined, done: 0, then: undefined, made: new Map() };
    this.#places = this.#expanded([frame({ kind: 'rule', name: 'root' }, 0, end)]);
  }

  /** Whether the text is all of it; more may be allowed all the same. */
  get isComplete(): boolean {
    return this.#places.some(({ expression }) => expression === undefined);
  }

  /** Whether a piece may come next. */
  allows(text: string): boolean {
    return this.#after(text).length > 0;
  }

  /** Whether a piece may come next, and behind it one of some characters. */
  allowsSome(text: string, range: Range): boolean {
    return this.#after(text).some(
      ({ expression }) => expression?.kind === 'character' && isSomeOf(expression, range),
    );
  }

  /** A piece came. False, and nothing changes, if it may not. */
  accept(text: string): boolean {
    const places = this.#after(text);
    if (places.length === 0) return false;
    this.#places = places;
    this.#shared.clear();
    this.#steps = 0;
    return true;
  }

  #after(text: string): readonly Frame[] {
    let places = this.#places;
    let piece = '';
    for (const letter of text) {
      piece += letter;
      const known = this.#shared.get(piece);
      places = known ?? this.#behind(places, letter.codePointAt(0) ?? 0);
      if (known === undefined && piece.length <= MAX_SHARED) this.#shared.set(piece, places);
      if (places.length === 0) return [];
    }
    return places;
  }

  #behind(places: readonly Frame[], code: number): readonly Frame[] {
    this.#steps += places.length;
    if (this.#steps > MAX_TRIED_STEPS) throw tooOpen('grammar', `${MAX_TRIED_STEPS} steps for a token`);
    const next = places.flatMap(({ expression, then }) =>
      expression?.kind === 'character' && then !== undefined && isOf(expression, code) ? [then] : [],
    );
    return this.#expanded(next);
  }

  /** The characters, and the end, that frames begin with. */
  #expanded(frames: readonly Frame[]): readonly Frame[] {
    const places: Frame[] = [];
    const seen = new Set<Frame>();
    const open = [...frames].reverse();
    let steps = open.length;
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const { expression } = next;
      if (expression === undefined || expression.kind === 'character') {
        places.push(next);
        continue;
      }
      const inside = this.#inside(next, expression);
      steps += inside.length + 1;
      if (steps > MAX_STEPS) throw tooOpen('grammar', `${MAX_STEPS} steps for a character`);
      for (const one of inside.reverse()) open.push(one);
    }
    this.#steps += steps;
    return places;
  }

  /** What a frame begins with, one step inside it. */
  #inside({ done, then }: Frame, expression: Exclude<Expression, { readonly kind: 'character' }>): Frame[] {
    if (then === undefined) return [];
    switch (expression.kind) {
      case 'rule': {
        const rule = this.#rules.get(expression.name);
        return rule === undefined ? [] : [frame(rule, 0, then)];
      }
      case 'choice':
        return expression.options.map((option) => frame(option, 0, then));
      case 'sequence': {
        const part = expression.parts[done];
        if (part === undefined) return [then];
        // The last part goes on with what comes after the sequence: so lists that are written as recursion stay flat.
        const isLast = done + 1 === expression.parts.length;
        return [frame(part, 0, isLast ? then : frame(expression, done + 1, then))];
      }
      case 'repeat': {
        const { what, least, most } = expression;
        // Without a limit, only what is still needed is counted.
        const count = most === Infinity ? Math.min(done + 1, least) : done + 1;
        const more = done < most ? [frame(what, 0, frame(expression, count, then))] : [];
        return done >= least ? [...more, then] : more;
      }
    }
  }
}

function frame(expression: Expression, done: number, then: Frame): Frame {
  const counts = then.made.get(expression) ?? new Map<number, Frame>();
  then.made.set(expression, counts);
  const found = counts.get(done) ?? {
    expression,
    done,
    then,
    made: new Map<Expression, Map<number, Frame>>(),
  };
  counts.set(done, found);
  return found;
}
