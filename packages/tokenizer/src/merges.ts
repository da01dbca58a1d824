import { TokenizerError } from './error';
import { MergeHeap } from './merge-heap';
import type { Vocabulary } from './vocabulary';

/** Longest list of symbols whose least merge is looked for by going through all of it; a heap takes longer ones. */
const SHORT = 32;

/** Places of one text stay below this, and ranks below 2^53 / 2^32: both fit in one number. */
const PLACES = 2 ** 32;

/** What two neighbours become, and how early: `rank` 0 is merged first. */
interface Merge {
  readonly rank: number;
  readonly id: number;
}

/** Which pairs of tokens become one, and in which order. */
export class Merges {
  /** By `left * size + right`. */
  private readonly byPair = new Map<number, Merge>();

  private constructor(private readonly size: number) {}

  /**
   * Read merges as the file has them: "left right", the first space after the first character between them.
   *
   * @throws {@link TokenizerError} `bad-merge` when a part or the whole is no token.
   */
  static read(texts: readonly string[], { ids, size }: Vocabulary): Merges {
    const merges = new Merges(size);
    texts.forEach((text, rank) => {
      const space = text.indexOf(' ', 1);
      const left = ids.get(text.slice(0, space));
      const right = ids.get(text.slice(space + 1));
      const id = ids.get(text.slice(0, space) + text.slice(space + 1));
      if (space < 0 || left === undefined || right === undefined || id === undefined) {
        throw new TokenizerError(
          'bad-merge',
          `merge ${rank} is of tokens that the vocabulary does not have`,
          {
            found: JSON.stringify(text),
            advice: 'Convert the model again: its vocabulary is damaged.',
          },
        );
      }
      const pair = left * merges.size + right;
      if (!merges.byPair.has(pair)) merges.byPair.set(pair, { rank, id });
    });
    return merges;
  }

  /** Merge neighbours, the earliest rank first and the leftmost among equals, until no pair is left that becomes one. */
  apply(symbols: readonly number[]): readonly number[] {
    return symbols.length <= SHORT ? this.applyToShort([...symbols]) : this.applyToLong(symbols);
  }

  private of(left: number, right: number): Merge | undefined {
    return this.byPair.get(left * this.size + right);
  }

  private applyToShort(symbols: number[]): readonly number[] {
    while (true) {
      let best: Merge | undefined;
      let place = 0;
      for (let i = 0; i + 1 < symbols.length; i++) {
        const merge = this.of(symbols[i] ?? 0, symbols[i + 1] ?? 0);
        if (merge !== undefined && (best === undefined || merge.rank < best.rank)) {
          best = merge;
          place = i;
        }
      }
      if (best === undefined) return symbols;
      symbols.splice(place, 2, best.id);
    }
  }

  /** The same in O(n log n): a linked list of what is left, and a heap of the pairs in it. */
  private applyToLong(symbols: readonly number[]): readonly number[] {
    const { length } = symbols;
    const ids = Int32Array.from(symbols);
    const next = Int32Array.from(symbols, (_, i) => i + 1);
    const previous = Int32Array.from(symbols, (_, i) => i - 1);
    const heap = new MergeHeap();
    const offer = (place: number): void => {
      const right = next[place] ?? length;
      if (place < 0 || right >= length) return;
      const merge = this.of(ids[place] ?? 0, ids[right] ?? 0);
      if (merge !== undefined) heap.push(merge.rank * PLACES + place);
    };
    for (let place = 0; place < length; place++) offer(place);
    while (heap.size > 0) {
      const key = heap.pop();
      const place = key % PLACES;
      const right = next[place] ?? length;
      if (ids[place] === GONE || right >= length) continue;
      const merge = this.of(ids[place] ?? 0, ids[right] ?? 0);
      // The pair may have become another since it was offered.
      if (merge === undefined || merge.rank * PLACES + place !== key) continue;
      ids[place] = merge.id;
      ids[right] = GONE;
      const after = next[right] ?? length;
      next[place] = after;
      if (after < length) previous[after] = place;
      offer(previous[place] ?? -1);
      offer(place);
    }
    return Array.from(ids.filter((id) => id !== GONE));
  }
}

/** In the place of a symbol that was merged into the one before it. */
const GONE = -1;
