import { GgufError } from '../error';
import type { RandomAccessSource } from '../types';
import { Cursor, EndOfWindow } from './cursor';
import { MAX_HEADER_BYTES } from './limits';

/** How many times larger each window is. Four keeps the work on windows that were too short below a third of all. */
const WINDOW_GROWTH = 4;

/**
 * Parse the head of a file whose length nobody knows beforehand: read a window, parse, and where the parser comes to the end of the
 * window, enlarge it and parse again. Bytes behind the header are read only as far as the last window reaches.
 */
export async function parseGrowingWindow<Parsed>(
  source: RandomAccessSource,
  firstWindowBytes: number,
  parse: (cursor: Cursor) => Parsed,
): Promise<Parsed> {
  let window = await grow(source, new Uint8Array(0), firstWindowBytes);
  for (;;) {
    try {
      return parse(new Cursor(window, source.name));
    } catch (reason) {
      if (!(reason instanceof EndOfWindow)) throw reason;
      checkNeed(source, reason);
      window = await grow(source, window, Math.max(reason.neededBytes, WINDOW_GROWTH * window.length));
    }
  }
}

/** Whether the bytes that the parser asks for can exist; nothing is allocated for bytes that cannot. */
function checkNeed(source: RandomAccessSource, { neededBytes, what, offset }: EndOfWindow): void {
  if (neededBytes > source.byteLength) {
    throw new GgufError('truncated', `the file ends within ${what}`, {
      file: source.name,
      offset,
      found: `${source.byteLength} bytes`,
      allowed: `at least ${neededBytes}`,
      advice: 'Download or convert it again: a part of the header is missing, or a length in it is wrong.',
    });
  }
  if (neededBytes > MAX_HEADER_BYTES) {
    throw new GgufError('over-limit', `the header is too long: ${what} does not fit`, {
      file: source.name,
      offset,
      found: `at least ${neededBytes} bytes`,
      allowed: `up to ${MAX_HEADER_BYTES}`,
    });
  }
}

/** A copy of `window` with the bytes behind it, `byteLength` in all where file and cap allow. */
async function grow(source: RandomAccessSource, window: Uint8Array, byteLength: number): Promise<Uint8Array> {
  const larger = new Uint8Array(Math.min(byteLength, source.byteLength, MAX_HEADER_BYTES));
  larger.set(window);
  await source.read(window.length, larger.subarray(window.length));
  return larger;
}
