import { TokenizerError } from './error';
import { MergeHeap, placeOfKey, PLACES } from './merge-heap';
import { NONE, PairTable } from './pair-table';
import type { TokenIndex } from './token-index';

/** Longest list of symbols whose least merge is looked for by going through all of it; a heap takes longer ones. */
const SHORT = 32;

/** Which pairs of tokens become one, and in which order. */
export class Merges {
  /** The rank of each pair: 0 is merged first. Of merges of one pair the first counts. */
  readonly #ranks: PairTable;
  /** What a pair becomes, by rank. */
  readonly #wholes: Int32Array;

  /**
   * Read merges as the file has them: "left right", the first space after the first character between them.
   *
   * @throws {@link TokenizerError} `bad-merge` when a part or the whole is no token.
   */
  constructor(texts: readonly string[], index: TokenIndex) {
    this.#ranks = new PairTable(texts.length);
    this.#wholes = new Int32Array(texts.length);
    texts.forEach((text, rank) => {
      const space = text.indexOf(' ', 1);
      const left = index.find(text, 0, Math.max(0, space));
      const right = index.find(text, space + 1);
      const whole = index.findWithout(text, space);
      if (space < 0 || left === NONE || right === NONE || whole === NONE) throw badMerge(rank, text);
      this.#ranks.add(left, right, rank);
      this.#wholes[rank] = whole;
    });
  }

  /** Merge neighbours, the earliest rank first and the leftmost among equals, until no pair is left that becomes one. */
  apply(symbols: readonly number[]): readonly number[] {
    return symbols.length <= SHORT ? this.#applyToShort([...symbols]) : this.#applyToLong(symbols);
  }

  #applyToShort(symbols: number[]): readonly number[] {
    while (true) {
      let best = Infinity;
      let at = 0;
      for (let i = 0; i + 1 < symbols.length; i++) {
        const rank = this.#ranks.get(symbols[i] ?? 0, symbols[i + 1] ?? 0);
        if (rank === NONE || rank >= best) continue;
        best = rank;
        at = i;
      }
      if (best === Infinity) return symbols;
      symbols.splice(at, 2, this.#wholes[best] ?? 0);
    }
  }

  /** The same in O(n log n): a linked list of what is left, and a heap of the pairs in it. */
  #applyToLong(symbols: readonly number[]): readonly number[] {
    const { length } = symbols;
    const ids = Int32Array.from(symbols);
    const next = new Int32Array(length);
    const previous = new Int32Array(length);
    for (let at = 0; at < length; at++) {
      next[at] = at + 1;
      previous[at] = at - 1;
    }
    const heap = new MergeHeap();
    const offer = (at: number): void => {
      const right = next[at] ?? length;
      if (at < 0 || right >= length) return;
      const rank = this.#ranks.get(ids[at] ?? 0, ids[right] ?? 0);
      if (rank !== NONE) heap.push(rank * PLACES + at);
    };
    for (let at = 0; at < length; at++) offer(at);
    while (heap.size > 0) {
      const key = heap.pop();
      const at = placeOfKey(key);
      const right = next[at] ?? length;
      if (ids[at] === NONE || right >= length) continue;
      const rank = this.#ranks.get(ids[at] ?? 0, ids[right] ?? 0);
      // The pair may have become another since it was offered.
      if (rank * PLACES + at !== key) continue;
      ids[at] = this.#wholes[rank] ?? 0;
      ids[right] = NONE;
      const after = next[right] ?? length;
      next[at] = after;
      if (after < length) previous[after] = at;
      offer(previous[at] ?? -1);
      offer(at);
    }
    return Array.from(ids.filter((id) => id !== NONE));
  }
}

function badMerge(rank: number, text: string): TokenizerError {
  return new TokenizerError('bad-merge', `merge ${rank} is of tokens that the vocabulary does not have`, {
    found: JSON.stringify(text),
    advice: 'Convert the model again: its vocabulary is damaged.',
  });
}
