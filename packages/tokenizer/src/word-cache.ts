import { TokenizerError } from './error';
import type { IdList } from './id-list';

/** Words whose ids are kept, and how long they may be: text repeats its words, and these take some megabytes at most. */
const MAX_WORDS = 1 << 16;
const MAX_LENGTH = 48;

/**
 * UTF-16 units of a word. Threat: lists of all neighbours in it are held at once, some hundred bytes for each.
 * Largest: some thousands, lines of minus signs and data in base 64.
 */
const MAX_WORD = 1 << 24;

/** Encodes words, each once as long as it is remembered. */
export class WordCache {
  readonly #known = new Map<string, number | readonly number[]>();
  readonly #encode: (word: string) => readonly number[];

  constructor(encode: (word: string) => readonly number[]) {
    this.#encode = encode;
  }

  /** Append the ids of a word. @throws {@link TokenizerError} `too-long`. */
  push(word: string, out: IdList): void {
    const ids = this.#known.get(word) ?? this.#learn(word);
    if (typeof ids === 'number') out.push(ids);
    else for (const id of ids) out.push(id);
  }

  #learn(word: string): number | readonly number[] {
    if (word.length > MAX_WORD) {
      throw new TokenizerError('too-long', 'the text has a word that is too long to be encoded', {
        found: word.length,
        allowed: `up to ${MAX_WORD}`,
        advice: 'Cut the text into parts.',
      });
    }
    const list = this.#encode(word);
    const ids = list.length === 1 && list[0] !== undefined ? list[0] : list;
    if (word.length <= MAX_LENGTH) {
      if (this.#known.size === MAX_WORDS) this.#known.clear();
      this.#known.set(word, ids);
    }
    return ids;
  }
}
