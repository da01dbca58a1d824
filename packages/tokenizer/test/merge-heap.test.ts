import { expect, it } from 'vitest';
import { MergeHeap, PLACES } from '../src/merge-heap';

/** The last rank that a file may have, and the last byte of the longest word. */
const RANK = 2 ** 23 - 1;
const PLACE = 3 * 2 ** 24 - 1;

it('a key holds every rank and place, and the least comes first', () => {
  const heap = new MergeHeap();
  for (const place of [PLACE, PLACE - 1, PLACE - 2]) heap.push(RANK * PLACES + place);
  heap.push((RANK - 1) * PLACES + PLACE);
  const keys = Array.from({ length: heap.size }, () => heap.pop());
  expect(keys.map((key) => [Math.floor(key / PLACES), key % PLACES])).toEqual([
    [RANK - 1, PLACE],
    [RANK, PLACE - 2],
    [RANK, PLACE - 1],
    [RANK, PLACE],
  ]);
});
