import type { GgufMetadata } from '@halftone/gguf-io';
import { ByteTokens, bytesOfPlainToken, SPACE } from './byte-tokens';
import { MergeHeap, placeOfKey, PLACES } from './merge-heap';
import { optionalFlag, tokenScores } from './metadata';
import { Seams } from './seams';
import type { TextModel } from './text-model';
import type { Vocabulary } from './vocabulary';
import { WordCache } from './word-cache';

/**
 * SentencePiece's byte pair encoding (Kudo and Richardson, 2018; `llama` in files): the whole text is one word of characters, and
 * of all neighbours that together are a token the one with the highest score is merged first. What is no token is written in bytes.
 *
 * @throws {@link TokenizerError} when the scores are missing or do not fit the vocabulary.
 */
export function sentencePieceModel(
  metadata: GgufMetadata,
  vocabulary: Vocabulary,
  unknown: number | undefined,
): TextModel {
  const ranks = ranksOf(tokenScores(metadata, vocabulary.size));
  const addsSpace = optionalFlag(metadata, 'tokenizer.ggml.add_space_prefix') ?? true;
  const byteTokens = new ByteTokens(vocabulary, unknown);
  const seams = new Seams(vocabulary.texts);
  const words = new WordCache((word) =>
    mergePieces(word, vocabulary, ranks).flatMap(
      (piece) => vocabulary.idOfWord(piece) ?? byteTokens.of(piece),
    ),
  );
  return {
    addsSpace,
    encode(text, isStart, out) {
      const spaced = (addsSpace && isStart ? ` ${text}` : text).replaceAll(' ', SPACE);
      seams.cut(spaced, (word) => words.push(word, out));
    },
    bytesOf: (id) => bytesOfPlainToken(vocabulary, id),
  };
}

/** For each token how early it is merged: its place in the order of scores, the highest first; equal scores have equal ranks. */
function ranksOf(scores: readonly number[]): Float64Array {
  const distinct = [...new Set(scores)].sort((a, b) => b - a);
  const rankOfScore = new Map(distinct.map((score, rank) => [score, rank]));
  return Float64Array.from(scores, (score) => rankOfScore.get(score) ?? 0);
}

/** Merge the characters of a text: a linked list of pieces, each from its start to that of the next, and a heap of neighbours. */
function mergePieces(text: string, vocabulary: Vocabulary, ranks: Float64Array): string[] {
  const characters = Array.from(text);
  const starts: number[] = [];
  let at = 0;
  for (const character of characters) {
    starts.push(at);
    at += character.length;
  }
  starts.push(at);
  const count = characters.length;
  const next = Int32Array.from({ length: count }, (_, i) => i + 1);
  const previous = Int32Array.from({ length: count }, (_, i) => i - 1);
  const isGone = new Uint8Array(count);
  const keyOf = (place: number): number | undefined => {
    const right = next[place] ?? count;
    if (place < 0 || right >= count) return undefined;
    const id = vocabulary.idOfWord(text, starts[place], starts[next[right] ?? count]);
    return id === undefined ? undefined : (ranks[id] ?? 0) * PLACES + place;
  };
  const heap = new MergeHeap();
  const offer = (place: number): void => {
    const key = keyOf(place);
    if (key !== undefined) heap.push(key);
  };
  for (let place = 0; place < count; place++) offer(place);
  while (heap.size > 0) {
    const key = heap.pop();
    const place = placeOfKey(key);
    if (isGone[place] === 1 || keyOf(place) !== key) continue;
    const right = next[place] ?? count;
    const after = next[right] ?? count;
    isGone[right] = 1;
    next[place] = after;
    if (after < count) previous[after] = place;
    offer(previous[place] ?? -1);
    offer(place);
  }
  const pieces: string[] = [];
  for (let place = 0; place < count; place = next[place] ?? count)
    pieces.push(text.slice(starts[place], starts[next[place] ?? count]));
  return pieces;
}
