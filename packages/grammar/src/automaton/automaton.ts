import type { Range } from '../rules/expression';
import { MAX_CODE } from '../rules/ranges';

/** A way on: the characters from `first` to `last` lead to a place. */
export interface Move {
  readonly first: number;
  readonly last: number;
  readonly to: number;
}

/**
 * Texts, as places between characters of which each character leads to one at most. The first place is where texts begin; there is none
 * where no text is meant. From every place a text can be finished.
 */
export interface Automaton {
  /** By place: its ways on, by growing characters that do not overlap. */
  readonly moves: readonly (readonly Move[])[];
  /** By place: how many characters there are to the nearest end; 0 where a text may end. */
  readonly distances: Int32Array;
}

/** Characters that are written as they are: all but the halves of surrogate pairs. */
export const CHARACTERS: readonly Range[] = [
  [0, 0xd7ff],
  [0xe000, MAX_CODE],
];

/** Any text. */
export const ANY_TEXT: Automaton = {
  moves: [CHARACTERS.map(([first, last]) => ({ first, last, to: 0 }))],
  distances: Int32Array.of(0),
};

/** The way on of a character, if there is one. */
export function moveOf(moves: readonly Move[], code: number): Move | undefined {
  let [low, high] = [0, moves.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const move = moves[middle];
    if (move === undefined) return undefined;
    if (code < move.first) high = middle - 1;
    else if (code > move.last) low = middle + 1;
    else return move;
  }
  return undefined;
}

/** Places as they were found: some may lead nowhere. */
export interface FoundPlace {
  readonly isEnd: boolean;
  readonly moves: readonly Move[];
}

/** The automaton of the places from which a text can be finished. */
export function trimmed(places: readonly FoundPlace[]): Automaton {
  const distances = distancesOf(places);
  const kept = [...places.keys()].filter((place) => (distances[place] ?? -1) >= 0);
  // Where the beginning leads nowhere, no text is meant.
  if (kept[0] !== 0) return { moves: [], distances: new Int32Array() };
  const numbers = new Map(kept.map((place, number) => [place, number]));
  const moves = kept.map((place) =>
    joined(
      (places[place]?.moves ?? []).flatMap(({ first, last, to }) => {
        const number = numbers.get(to);
        return number === undefined ? [] : [{ first, last, to: number }];
      }),
    ),
  );
  return { moves, distances: Int32Array.from(kept, (place) => distances[place] ?? 0) };
}

/** By place: how far the nearest end is; -1 where none is reached. */
function distancesOf(places: readonly FoundPlace[]): Int32Array {
  const distances = new Int32Array(places.length).fill(-1);
  const before: number[][] = places.map(() => []);
  for (const [place, { moves }] of places.entries()) for (const { to } of moves) before[to]?.push(place);
  const open = [...places.keys()].filter((place) => places[place]?.isEnd === true);
  for (const place of open) distances[place] = 0;
  // The list grows while it is gone through, nearest first.
  for (const place of open) {
    for (const one of before[place] ?? []) {
      if (distances[one] !== -1) continue;
      distances[one] = (distances[place] ?? 0) + 1;
      open.push(one);
    }
  }
  return distances;
}

/** Neighbours that lead to the same place become one. */
function joined(moves: readonly Move[]): readonly Move[] {
  const found: Move[] = [];
  for (const move of moves) {
    const last = found.at(-1);
    if (last?.to === move.to && last.last + 1 === move.first)
      found[found.length - 1] = { ...last, last: move.last };
    else found.push(move);
  }
  return found;
}

/** Whether a text is meant. */
export function isMeant({ moves, distances }: Automaton, text: string): boolean {
  let place: number | undefined = 0;
  for (const character of text) {
    if (place === undefined) return false;
    place = moveOf(moves[place] ?? [], character.codePointAt(0) ?? 0)?.to;
  }
  return place !== undefined && distances[place] === 0;
}

/** By place: how many texts there are from there on, infinite where they have no limit. */
export function textCounts({ moves, distances }: Automaton): readonly number[] {
  const counts = moves.map(() => Infinity);
  const before: number[][] = moves.map(() => []);
  for (const [place, list] of moves.entries()) for (const { to } of list) before[to]?.push(place);
  // A place that leads to itself is never done, nor is one that leads to it: their counts stay infinite.
  const open = moves.map((list) => list.length);
  const done = [...moves.keys()].filter((place) => open[place] === 0);
  for (const place of done) {
    const further = (moves[place] ?? []).reduce(
      (sum, { first, last, to }) => sum + (last - first + 1) * (counts[to] ?? 0),
      0,
    );
    counts[place] = further + Number(distances[place] === 0);
    for (const one of before[place] ?? []) {
      open[one] = (open[one] ?? 0) - 1;
      if (open[one] === 0) done.push(one);
    }
  }
  return counts;
}

/** The texts of so many characters. */
export function automatonOfLengths(least: number, most: number): Automaton {
  const isOpen = most === Infinity;
  const longest = isOpen ? least : most;
  const places = Array.from({ length: longest + 1 }, (_, length): FoundPlace => {
    const to = length < longest ? length + 1 : length;
    const moves = length < longest || isOpen ? CHARACTERS.map(([first, last]) => ({ first, last, to })) : [];
    return { isEnd: length >= least, moves };
  });
  return trimmed(places);
}

/** Just these texts. */
export function automatonOfTexts(texts: Iterable<string>): Automaton {
  const found = [{ isEnd: false, next: new Map<number, number>() }];
  for (const text of texts) {
    let place = found[0];
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0;
      const to = place?.next.get(code) ?? found.length;
      if (to === found.length) found.push({ isEnd: false, next: new Map() });
      place?.next.set(code, to);
      place = found[to];
    }
    if (place !== undefined) place.isEnd = true;
  }
  return trimmed(
    found.map(({ isEnd, next }) => ({
      isEnd,
      moves: [...next].sort(([a], [b]) => a - b).map(([code, to]) => ({ first: code, last: code, to })),
    })),
  );
}
