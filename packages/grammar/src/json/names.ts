import { isMeant, moveOf, textCounts, type Automaton } from '../automaton/automaton';
import { plainest, type TextPlace } from '../automaton/text-rule';

const knownCounts = new WeakMap<Automaton, readonly number[]>();

/** How many names there are from each place of an automaton on. */
function countsOf(automaton: Automaton): readonly number[] {
  const counts = knownCounts.get(automaton) ?? textCounts(automaton);
  knownCounts.set(automaton, counts);
  return counts;
}

/** A place in a text of which some are taken, a name of a property or an element that may come once: there is always one left. */
export class NamePlace implements TextPlace<NamePlace> {
  private constructor(
    private readonly automaton: Automaton,
    private readonly place: number,
    /** What is taken of the names that begin like this one. */
    private readonly taken: readonly string[],
    /** The name so far. */
    readonly name: string,
  ) {}

  /** Where names begin; `undefined` where all of them are taken. */
  static start(automaton: Automaton, taken: readonly string[]): NamePlace | undefined {
    const names = taken.filter((name) => isMeant(automaton, name));
    return (countsOf(automaton)[0] ?? 0) > names.length ? new NamePlace(automaton, 0, names, '') : undefined;
  }

  get isEnd(): boolean {
    return this.automaton.distances[this.place] === 0 && !this.taken.includes(this.name);
  }

  behind(code: number): NamePlace | undefined {
    const to = moveOf(this.automaton.moves[this.place] ?? [], code)?.to;
    if (to === undefined) return undefined;
    const name = this.name + String.fromCodePoint(code);
    const taken = this.taken.filter((one) => one.startsWith(name));
    return (countsOf(this.automaton)[to] ?? 0) > taken.length
      ? new NamePlace(this.automaton, to, taken, name)
      : undefined;
  }

  choose(first: number, last: number): number | undefined {
    let best: { readonly code: number; readonly distance: number } | undefined;
    for (const move of this.automaton.moves[this.place] ?? []) {
      const [from, to] = [Math.max(first, move.first), Math.min(last, move.last)];
      const distance = this.automaton.distances[move.to] ?? Infinity;
      if (from > to || (best !== undefined && best.distance <= distance)) continue;
      const code = this.#open(from, to);
      if (code !== undefined) best = { code, distance };
    }
    return best?.code;
  }

  /** One of some characters behind which a name is left: of more characters than names are taken, one is. */
  #open(first: number, last: number): number | undefined {
    const isOpen = (code: number): boolean => this.behind(code) !== undefined;
    const plain = plainest(first, last);
    if (isOpen(plain)) return plain;
    const end = Math.min(last, first + this.taken.length);
    for (let code = first; code <= end; code++) if (isOpen(code)) return code;
    return undefined;
  }
}
