import type { IdList } from './id-list';

/** Words whose ids are kept, and how long they may be: text repeats its words, and these take some megabytes at most. */
const MAX_WORDS = 1 << 16;
const MAX_LENGTH = 48;

/** Encodes words, each once as long as it is remembered. */
export class WordCache {
  private readonly known = new Map<string, number | readonly number[]>();

  constructor(private readonly encode: (word: string) => readonly number[]) {}

  /** Append the ids of a word. */
  push(word: string, out: IdList): void {
    const ids = this.known.get(word) ?? this.learn(word);
    if (typeof ids === 'number') out.push(ids);
    else for (const id of ids) out.push(id);
  }

  private learn(word: string): number | readonly number[] {
    const list = this.encode(word);
    const ids = list.length === 1 && list[0] !== undefined ? list[0] : list;
    if (word.length <= MAX_LENGTH) {
      if (this.known.size === MAX_WORDS) this.known.clear();
      this.known.set(word, ids);
    }
    return ids;
  }
}
