import type { Budget } from '../budget';
import { automatonOfLengths, moveOf, type Automaton, type Move } from './automaton';
import { combined } from './combine';

/** A place in a text that is bound: what may come next. Places do not change. */
export interface TextPlace<Place> {
  /** Whether the text may end here. */
  readonly isEnd: boolean;
  /** Behind a character; `undefined` where it may not come. */
  behind(code: number): Place | undefined;
  /** The character from `first` to `last` that leads to an end soonest; `undefined` where none of them may come. */
  choose(first: number, last: number): number | undefined;
}

/** The texts of an automaton that have so many characters. */
export class TextRule {
  /** By number of characters, up to `least`, and by place: how many characters are still needed. */
  readonly #needed: readonly Int32Array[];

  /** @throws GrammarError `bad-grammar` where the budget has too few steps. */
  constructor(
    readonly automaton: Automaton,
    readonly least: number,
    readonly most: number,
    budget: Budget,
  ) {
    const moves = automaton.moves.reduce((sum, list) => sum + list.length, 1);
    budget.spend(least * moves);
    const needed: Int32Array[] = [automaton.distances];
    for (let length = 0; length < least; length++) needed.push(longer(automaton, needed.at(-1)));
    this.#needed = needed.reverse();
  }

  /** Where texts begin; `undefined` where there are none. */
  get start(): RulePlace | undefined {
    return this.automaton.moves.length > 0 && this.mayBeAt(0, 0) ? new RulePlace(this, 0, 0) : undefined;
  }

  /** Whether a text is one of these. */
  accepts(text: string): boolean {
    let place = this.start;
    for (const character of text) place = place?.behind(character.codePointAt(0) ?? 0);
    return place?.isEnd === true;
  }

  /** An automaton that counts the characters itself. @throws GrammarError `bad-grammar` where the budget has too few steps. */
  whole(budget: Budget): Automaton {
    if (this.least === 0 && this.most === Infinity) return this.automaton;
    budget.spend(this.most === Infinity ? this.least : this.most);
    const lengths = automatonOfLengths(this.least, this.most);
    const parts = [this.automaton, lengths].map((automaton) => ({ automaton, isNegated: false }));
    return combined(parts, budget);
  }

  /** Characters that are needed behind so many, at a place of the automaton. */
  needed(length: number, place: number): number {
    const needed = this.#needed[Math.min(length, this.least)]?.[place] ?? NEVER;
    return needed === NEVER ? Infinity : needed;
  }

  /** Whether a text of so many characters can still end. */
  mayBeAt(length: number, place: number): boolean {
    const needed = this.needed(length, place);
    return needed < Infinity && length + needed <= this.most;
  }
}

/** By place: the characters that are needed where one more has to come first. */
function longer({ moves }: Automaton, needed: Int32Array = new Int32Array()): Int32Array {
  return Int32Array.from(moves, (list) => {
    const nearest = list.reduce((best, { to }) => Math.min(best, needed[to] ?? NEVER), NEVER);
    return Math.min(nearest + 1, NEVER);
  });
}

/** No number of characters is enough. */
const NEVER = 2 ** 31 - 1;

/** A place in a text that a rule binds. */
export class RulePlace implements TextPlace<RulePlace> {
  constructor(
    private readonly rule: TextRule,
    private readonly place: number,
    private readonly length: number,
  ) {}

  get isEnd(): boolean {
    return this.rule.needed(this.length, this.place) === 0;
  }

  behind(code: number): RulePlace | undefined {
    const move = moveOf(this.#moves, code);
    return move === undefined || !this.#isOpen(move)
      ? undefined
      : new RulePlace(this.rule, move.to, this.length + 1);
  }

  choose(first: number, last: number): number | undefined {
    let best: { readonly code: number; readonly cost: number } | undefined;
    for (const move of this.#moves) {
      const [from, to] = [Math.max(first, move.first), Math.min(last, move.last)];
      if (from > to || !this.#isOpen(move)) continue;
      const code = plainest(from, to);
      // Of characters that lead to an end as soon, one that people like to read.
      const cost = 2 * this.rule.needed(this.length + 1, move.to) + Number(!PLAIN.includes(code));
      if (best === undefined || cost < best.cost) best = { code, cost };
    }
    return best?.code;
  }

  get #moves(): readonly Move[] {
    return this.rule.automaton.moves[this.place] ?? [];
  }

  #isOpen({ to }: Move): boolean {
    return this.rule.mayBeAt(this.length + 1, to);
  }
}

/** Characters that people like to read: x, a, 0, A, a space. */
const PLAIN: readonly number[] = [0x78, 0x61, 0x30, 0x41, 0x20];

/** Of the characters from first to last, one that people like to read. */
export function plainest(first: number, last: number): number {
  return PLAIN.find((code) => code >= first && code <= last) ?? first;
}
