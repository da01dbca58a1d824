import type { GgufMetadata } from '@halftone/gguf-io';
import { TokenizerError } from './error';
import { MergeHeap } from './merge-heap';
import type { TextModel } from './text-model';
import { numberArray, optionalFlag, type Vocabulary } from './vocabulary';

/** How these vocabularies write a space. */
const SPACE = '\u2581';

/** Places of one text stay below this; ranks, of which there are as many as tokens, fit above it in one number. */
const PLACES = 2 ** 32;

const encoder = new TextEncoder();

/**
 * SentencePiece's byte pair encoding (Kudo and Richardson, 2018; `llama` in files): the whole text is one word of characters, and
 * of all neighbours that together are a token the one with the highest score is merged first. What is no token is written in bytes.
 *
 * @throws {@link TokenizerError} when the scores do not fit the vocabulary.
 */
export function sentencePieceModel(metadata: GgufMetadata, vocabulary: Vocabulary): TextModel {
  const scores = numberArray(metadata, 'tokenizer.ggml.scores', vocabulary.texts.length);
  if (scores === undefined) {
    throw new TokenizerError('missing-key', 'a SentencePiece vocabulary has scores', {
      allowed: 'tokenizer.ggml.scores',
    });
  }
  const ranks = ranksOf(scores);
  const addsSpace = optionalFlag(metadata, 'tokenizer.ggml.add_space_prefix') ?? true;
  const byteIds = Array.from({ length: 256 }, (_, byte) =>
    vocabulary.ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
  );
  const unknown = vocabulary.texts.findIndex((_, id) => vocabulary.kind(id) === 'unknown');
  const idsOfBytes = (text: string): number[] =>
    Array.from(encoder.encode(text), (byte) => byteIds[byte] ?? unknown).filter((id) => id >= 0);

  return {
    addsSpace,
    encode(text, isStart, out) {
      if (text === '') return;
      const spaced = (addsSpace && isStart ? ` ${text}` : text).replaceAll(' ', SPACE);
      for (const piece of mergePieces(spaced, vocabulary, ranks)) {
        const id = vocabulary.ids.get(piece);
        if (id === undefined) out.push(...idsOfBytes(piece));
        else out.push(id);
      }
    },
    bytesOf(id) {
      const text = vocabulary.texts[id] ?? '';
      if (vocabulary.kind(id) === 'byte') return Uint8Array.of(Number.parseInt(text.slice(3, 5), 16));
      return encoder.encode(text.replaceAll(SPACE, ' '));
    },
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
  const textFrom = (from: number, to: number): string => text.slice(starts[from], starts[to]);
  const keyOf = (place: number): number | undefined => {
    const right = next[place] ?? count;
    if (place < 0 || right >= count) return undefined;
    const id = vocabulary.ids.get(textFrom(place, next[right] ?? count));
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
    const place = key % PLACES;
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
    pieces.push(textFrom(place, next[place] ?? count));
  return pieces;
}
