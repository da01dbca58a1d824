import type { Budget } from '../budget';
import type { Character, Edge, Expression, Range } from '../rules/expression';
import { readSearch } from '../rules/pattern';
import { common, inOrder, inverse } from '../rules/ranges';
import { CHARACTERS, trimmed, type Automaton, type FoundPlace, type Move } from './automaton';
import { combined } from './combine';

/**
 * The texts that hold what a regular expression says, as a JSON schema means it.
 *
 * @throws GrammarError; `bad-grammar` for one that takes more steps than the budget has.
 */
export function automatonOf(pattern: string, budget: Budget): Automaton {
  const parts = readSearch(pattern).map(({ expression, isNegated }) => ({
    automaton: new Determinizer(new Nodes(searched(expression), budget), budget).automaton(),
    isNegated,
  }));
  return combined(parts, budget);
}

/** What is searched for anywhere: any text may stand before and behind it. */
function searched(expression: Expression<Edge>): Expression<Edge> {
  const any: Character = { kind: 'character', ranges: [], isNegated: true };
  const rest: Expression<Edge> = { kind: 'repeat', what: any, least: 0, most: Infinity };
  return { kind: 'sequence', parts: [rest, expression, rest] };
}

/** Steps that a node counts for: it takes memory too. */
const STEPS_PER_NODE = 8;

type Node =
  | { readonly kind: 'character'; readonly ranges: readonly Range[]; readonly next: number }
  /** Goes on in several places at once. */
  | { readonly kind: 'split'; readonly next: number[] }
  | { readonly kind: 'edge'; readonly at: Edge['at']; readonly next: number }
  | { readonly kind: 'end' };

/** Where a text may be: before which characters, and whether it may end. */
interface Closure {
  /** Nodes that are characters, by growing number. */
  readonly characters: readonly number[];
  readonly isEnd: boolean;
}

/** An expression as nodes, each of which knows what comes behind it. (K. Thompson, Regular Expression Search Algorithm, 1968.) */
class Nodes {
  readonly list: Node[] = [];
  /** What a text begins with. */
  readonly start: Closure;
  readonly #behind = new Map<number, Closure>();

  constructor(
    expression: Expression<Edge>,
    private readonly budget: Budget,
  ) {
    const first = this.#compile(expression, this.#add({ kind: 'end' }));
    this.start = this.#closure(first, true);
  }

  /** Where a text is behind a character. */
  behind(character: number): Closure {
    const node = this.list[character];
    if (node?.kind !== 'character') throw new TypeError(`node ${character} is no character`);
    const known = this.#behind.get(character);
    const found = known ?? this.#closure(node.next, false);
    if (known === undefined) this.#behind.set(character, found);
    return found;
  }

  #add(node: Node): number {
    return this.list.push(node) - 1;
  }

  #compile(expression: Expression<Edge>, next: number): number {
    this.budget.spend(STEPS_PER_NODE);
    switch (expression.kind) {
      case 'character': {
        const { ranges, isNegated } = expression;
        const written = common(isNegated ? inverse(ranges) : inOrder(ranges), CHARACTERS);
        this.budget.spend(ranges.length);
        return this.#add({ kind: 'character', ranges: written, next });
      }
      case 'sequence':
        return expression.parts.reduceRight((behind, part) => this.#compile(part, behind), next);
      case 'choice':
        return this.#add({
          kind: 'split',
          next: expression.options.map((option) => this.#compile(option, next)),
        });
      case 'edge':
        return this.#add({ kind: 'edge', at: expression.at, next });
      case 'repeat':
        return this.#repeat(expression, next);
    }
  }

  #repeat(
    { what, least, most }: Extract<Expression<Edge>, { readonly kind: 'repeat' }>,
    next: number,
  ): number {
    let entry = next;
    if (most === Infinity) {
      const loop: number[] = [];
      entry = this.#add({ kind: 'split', next: loop });
      loop.push(this.#compile(what, entry), next);
    } else {
      for (let count = least; count < most; count++) {
        entry = this.#add({ kind: 'split', next: [this.#compile(what, entry), next] });
      }
    }
    for (let count = 0; count < least; count++) entry = this.#compile(what, entry);
    return entry;
  }

  /** All that is reached without a character. Behind `$`, no character may follow. */
  #closure(from: number, isStart: boolean): Closure {
    const seen = new Set<number>();
    const characters: number[] = [];
    let isEnd = false;
    const open: (readonly [node: number, isOver: boolean])[] = [[from, false]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [place, isOver] = next;
      const mark = place * 2 + Number(isOver);
      const node = this.list[place];
      if (node === undefined || seen.has(mark)) continue;
      seen.add(mark);
      if (node.kind === 'end') isEnd = true;
      else if (node.kind === 'character') {
        if (!isOver) characters.push(place);
      } else if (node.kind === 'split') for (const one of node.next) open.push([one, isOver]);
      else if (node.at === 'end') open.push([node.next, true]);
      else if (isStart) open.push([node.next, isOver]);
    }
    this.budget.spend(seen.size);
    return { characters: characters.sort((a, b) => a - b), isEnd };
  }
}

/** Makes one place of all the nodes that a text may be at. (M. Rabin and D. Scott, Finite Automata and Their Decision Problems, 1959.) */
class Determinizer {
  readonly #numbers = new Map<string, number>();
  readonly #closures: Closure[] = [];

  constructor(
    private readonly nodes: Nodes,
    private readonly budget: Budget,
  ) {}

  automaton(): Automaton {
    this.#number(this.nodes.start);
    const places: FoundPlace[] = [];
    // The list grows while it is gone through.
    for (const closure of this.#closures) places.push({ isEnd: closure.isEnd, moves: this.#moves(closure) });
    return trimmed(places);
  }

  #number(closure: Closure): number {
    this.budget.spend(closure.characters.length + 1);
    const key = `${closure.isEnd ? '!' : ''}${closure.characters.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#closures.length);
    return this.#closures.push(closure) - 1;
  }

  /** Go through the characters from the first to the last: between two ends of ranges, the same nodes take them. */
  #moves({ characters }: Closure): readonly Move[] {
    const ends = new Map<number, { readonly opened: number[]; readonly closed: number[] }>();
    const at = (code: number) => {
      const found = ends.get(code) ?? { opened: [], closed: [] };
      ends.set(code, found);
      return found;
    };
    for (const place of characters) {
      const node = this.nodes.list[place];
      if (node?.kind !== 'character') continue;
      this.budget.spend(node.ranges.length);
      for (const [first, last] of node.ranges) {
        at(first).opened.push(place);
        at(last + 1).closed.push(place);
      }
    }
    const moves: Move[] = [];
    const taking = new Set<number>();
    const codes = [...ends.keys()].sort((a, b) => a - b);
    for (const [index, code] of codes.entries()) {
      for (const place of ends.get(code)?.closed ?? []) taking.delete(place);
      for (const place of ends.get(code)?.opened ?? []) taking.add(place);
      const next = codes[index + 1];
      if (taking.size > 0 && next !== undefined)
        moves.push({ first: code, last: next - 1, to: this.#union(taking) });
    }
    return moves;
  }

  #union(taking: ReadonlySet<number>): number {
    const characters = new Set<number>();
    let isEnd = false;
    for (const place of taking) {
      const behind = this.nodes.behind(place);
      isEnd ||= behind.isEnd;
      for (const one of behind.characters) characters.add(one);
      this.budget.spend(behind.characters.length + 1);
    }
    return this.#number({ characters: [...characters].sort((a, b) => a - b), isEnd });
  }
}
