import type { Budget } from '../budget';
import { ANY_TEXT, moveOf, trimmed, type Automaton, type FoundPlace, type Move } from './automaton';

/** Texts that have to be meant, or must not be. */
export interface Part {
  readonly automaton: Automaton;
  readonly isNegated: boolean;
}

/** The place of a part that means no text which begins like this. */
const NOWHERE = -1;

/** The texts that are what all parts ask for. @throws GrammarError `bad-grammar` for more places than the budget has steps. */
export function combined(parts: readonly Part[], budget: Budget): Automaton {
  const [only] = parts;
  if (only !== undefined && parts.length === 1 && !only.isNegated) return only.automaton;
  // Something has to say which characters there are.
  return new Combination([...parts, { automaton: ANY_TEXT, isNegated: false }], budget).automaton();
}

class Combination {
  readonly #numbers = new Map<string, number>();
  readonly #places: (readonly number[])[] = [];

  constructor(
    private readonly parts: readonly Part[],
    private readonly budget: Budget,
  ) {}

  automaton(): Automaton {
    this.#number(this.parts.map(({ automaton }) => (automaton.moves.length === 0 ? NOWHERE : 0)));
    const found: FoundPlace[] = [];
    // The list grows while it is gone through.
    for (const places of this.#places) found.push({ isEnd: this.#isEnd(places), moves: this.#moves(places) });
    return trimmed(found);
  }

  #number(places: readonly number[]): number {
    const key = places.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#places.length);
    return this.#places.push(places) - 1;
  }

  #isEnd(places: readonly number[]): boolean {
    return this.parts.every(({ automaton, isNegated }, index) => {
      const isMeant = automaton.distances[places[index] ?? NOWHERE] === 0;
      return isMeant !== isNegated;
    });
  }

  #moves(places: readonly number[]): readonly Move[] {
    const lists = this.parts.map(({ automaton }, index) => automaton.moves[places[index] ?? NOWHERE] ?? []);
    const firsts = new Set(lists.flatMap((moves) => moves.flatMap(({ first, last }) => [first, last + 1])));
    const codes = [...firsts].sort((a, b) => a - b);
    this.budget.spend(codes.length * this.parts.length);
    return codes.slice(0, -1).flatMap((code, index): readonly Move[] => {
      const next = lists.map((moves) => moveOf(moves, code)?.to ?? NOWHERE);
      const isPossible = this.parts.every(({ isNegated }, part) => isNegated || next[part] !== NOWHERE);
      return isPossible ? [{ first: code, last: (codes[index + 1] ?? 0) - 1, to: this.#number(next) }] : [];
    });
  }
}
