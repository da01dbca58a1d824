import type { GgufMetadata } from '@halftone/gguf-io';
import { bytesOfPlainToken, SPACE } from './byte-tokens';
import { CharacterMap } from './character-map';
import { TokenizerError } from './error';
import { IdList } from './id-list';
import { optionalBytes, optionalFlag, tokenScores } from './metadata';
import { NONE } from './pair-table';
import { Seams } from './seams';
import type { TextModel } from './text-model';
import { TokenTrie } from './token-trie';
import type { Vocabulary } from './vocabulary';
import { WordCache } from './word-cache';

/** How much less likely than the least likely token a character is that is none (SentencePiece's `kUnkPenalty`). */
const UNKNOWN_PENALTY = 10;

/**
 * SentencePiece's unigram language model (Kudo, 2018; `t5` in files): of all ways to write the text in tokens, the one with the
 * highest sum of scores, which are logarithms of probabilities (Viterbi). Neighbours that are no tokens become one unknown token.
 *
 * @throws {@link TokenizerError} when the scores or the table of characters do not fit.
 */
export function unigramModel(
  metadata: GgufMetadata,
  vocabulary: Vocabulary,
  unknown: number | undefined,
): TextModel {
  if (unknown === undefined) {
    throw new TokenizerError('missing-key', 'a unigram vocabulary needs an unknown token', {
      allowed: 'tokenizer.ggml.unknown_token_id',
    });
  }
  const map = optionalBytes(metadata, 'tokenizer.ggml.precompiled_charsmap');
  const characters = map === undefined ? undefined : new CharacterMap(map);
  const addsSpace = optionalFlag(metadata, 'tokenizer.ggml.add_space_prefix') ?? false;
  const mergesSpaces = optionalFlag(metadata, 'tokenizer.ggml.remove_extra_whitespaces') ?? false;
  const lattice = new Lattice(vocabulary, tokenScores(metadata, vocabulary.size), unknown);
  const seams = new Seams(vocabulary.texts);
  const words = new WordCache((word) => lattice.best(word));
  return {
    addsSpace: addsSpace || mergesSpaces,
    encode(text, _isStart, out) {
      const plain = characters?.normalize(text) ?? text;
      const written = mergesSpaces ? wordsWithSpaces(plain) : escaped(plain, addsSpace);
      const ids = new IdList();
      seams.cut(written, (word) => words.push(word, ids));
      let last: number | undefined;
      for (const id of ids.toArray()) {
        if (id !== unknown || last !== unknown) out.push(id);
        last = id;
      }
    },
    bytesOf: (id) => bytesOfPlainToken(vocabulary, id),
  };
}

/** Every word with one space before it, whatever stood between. */
function wordsWithSpaces(text: string): string {
  const words = text.split(' ').filter((word) => word !== '');
  return words.map((word) => SPACE + word).join('');
}

/** All spaces; with `addsSpace`, one more before the first word. */
function escaped(text: string, addsSpace: boolean): string {
  const start = text.search(/[^ ]/);
  const spaced = addsSpace && start >= 0 ? `${text.slice(0, start)} ${text.slice(start)}` : text;
  return spaced.replaceAll(' ', SPACE);
}

/** All ways to write a word in tokens. */
class Lattice {
  readonly #trie: TokenTrie;
  readonly #unknownScore: number;
  readonly #scores: readonly number[];
  readonly #unknown: number;

  constructor(
    vocabulary: Vocabulary,
    /** By token. What is user-defined costs nothing. */
    scores: readonly number[],
    unknown: number,
  ) {
    this.#scores = scores;
    this.#unknown = unknown;
    this.#trie = new TokenTrie(vocabulary.ofKinds('normal', 'userDefined', 'unused'));
    let least = Infinity;
    for (const [, id] of vocabulary.ofKinds('normal')) least = Math.min(least, scores[id] ?? 0);
    this.#unknownScore = (least === Infinity ? 0 : least) - UNKNOWN_PENALTY;
    this.#scores = scores.map((score, id) => (vocabulary.kind(id) === 'userDefined' ? 0 : score));
  }

  /** The tokens of the highest sum, the first that was found among equals. */
  best(word: string): number[] {
    const { length } = word;
    const sums = new Float64Array(length + 1).fill(-Infinity);
    const tokens = new Int32Array(length + 1);
    const starts = new Int32Array(length + 1);
    sums[0] = 0;
    const offer = (start: number, end: number, id: number, score: number): void => {
      const sum = (sums[start] ?? 0) + score;
      if (sum <= (sums[end] ?? 0)) return;
      sums[end] = sum;
      tokens[end] = id;
      starts[end] = start;
    };
    for (let start = 0; start < length;) {
      const next = start + ((word.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
      let isToken = false;
      let node = 0;
      for (let at = start; at < length; at++) {
        node = this.#trie.child(node, word.charCodeAt(at));
        if (node === NONE) break;
        const id = this.#trie.idAt(node);
        if (id === NONE) continue;
        offer(start, at + 1, id, this.#scores[id] ?? 0);
        if (at + 1 === next) isToken = true;
      }
      if (!isToken) offer(start, next, this.#unknown, this.#unknownScore);
      start = next;
    }
    const ids: number[] = [];
    for (let end = length; end > 0; end = starts[end] ?? 0) ids.push(tokens[end] ?? this.#unknown);
    return ids.reverse();
  }
}
