import { GgufError } from '../error';
import type { RandomAccessSource } from '../types';
import { BEYOND_ANY_MODEL } from './advice';
import { Cursor, EndOfWindow } from './cursor';
import { MAX_HEADER_BYTES } from './limits';

/** How many times larger the next window is: from 1 MiB to 16, which holds the largest vocabularies in use. */
const WINDOW_GROWTH = 16;

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
      return parse(new Cursor(window, source.name, source.byteLength));
    } catch (reason) {
      if (!(reason instanceof EndOfWindow)) throw reason;
      checkNeed(source, reason);
      window = await grow(source, window, Math.max(reason.neededBytes, WINDOW_GROWTH * window.length));
    }
  }
}

/** The parser never asks for bytes that the file has not; it may ask for more than a header can have. */
function checkNeed({ name }: RandomAccessSource, { neededBytes, what, offset }: EndOfWindow): void {
  if (neededBytes <= MAX_HEADER_BYTES) return;
  throw new GgufError('over-limit', `the header is too long: ${what} does not fit`, {
    file: name,
    offset,
    found: `at least ${neededBytes} bytes`,
    allowed: `up to ${MAX_HEADER_BYTES}`,
    advice: BEYOND_ANY_MODEL,
  });
}

/** A copy of `window` with the bytes behind it, `byteLength` in all where file and cap allow. */
async function grow(source: RandomAccessSource, window: Uint8Array, byteLength: number): Promise<Uint8Array> {
  const larger = new Uint8Array(Math.min(byteLength, source.byteLength, MAX_HEADER_BYTES));
  larger.set(window);
  await source.read(window.length, larger.subarray(window.length));
  return larger;
}
