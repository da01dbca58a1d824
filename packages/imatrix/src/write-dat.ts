import type { ByteSink } from '@halftone/gguf-io';
import { chunkCountOf, chunksOf } from './chunks';
import { nameBytes } from './check-entry';
import { ImatrixError } from './error';
import { exactMeanSquares } from './mean-squares';
import type { ImportanceEntry, ImportanceMatrix } from './types';

const MAX_INT32 = 2 ** 31 - 1;

/**
 * Write the legacy form, which `readDat` draws.
 *
 * The form holds one count for a tensor of experts, so each expert's mean is stored as if all had seen as much as the
 * busiest, and experts that were never hit are stored with the guess that `meanSquares` makes for them. It holds one
 * path: several are joined by commas. A file whose chunks are not told ends without a trailer, as old files do.
 *
 * @throws ImatrixError `bad-name`, `bad-value` or `bad-count` for what the form cannot hold; the errors of the sink.
 */
export async function writeDat(matrix: ImportanceMatrix, sink: ByteSink): Promise<void> {
  for (const piece of encodeDat(matrix)) await sink.write(piece);
  await sink.finish();
}

function* encodeDat(matrix: ImportanceMatrix): Generator<Uint8Array> {
  yield int32(matrix.entries.size);
  for (const entry of matrix.entries.values()) yield* encodeEntry(entry, matrix);
  if (matrix.chunkCount === undefined && matrix.datasets.length === 0) return;
  const path = new TextEncoder().encode(matrix.datasets.join(','));
  yield int32(inRange(chunkCountOf(matrix), 'the number of chunks', matrix.source));
  yield int32(path.length);
  yield path;
}

function* encodeEntry(entry: ImportanceEntry, matrix: ImportanceMatrix): Generator<Uint8Array> {
  const name = nameBytes(entry.name, matrix.source);
  // A reader does not divide by 0 calls: the mean would be stored as it is, and weigh nothing when files are merged.
  const calls = inRange(
    Math.max(1, chunksOf(entry, matrix)),
    'the number of chunks',
    matrix.source,
    entry.name,
  );
  const means = exactMeanSquares(entry);
  const values = new Uint8Array(4 * means.length);
  const view = new DataView(values.buffer);
  for (const [index, mean] of means.entries()) {
    const value = Math.fround(mean * calls);
    if (!(value >= 0 && value < Infinity)) throw tooLarge(entry.name, matrix.source, mean * calls);
    view.setFloat32(4 * index, value, true);
  }
  yield int32(name.length);
  yield name;
  yield int32(calls);
  yield int32(inRange(means.length, 'the number of values', matrix.source, entry.name));
  yield values;
}

/** Sums that a float32 does not hold. */
export function tooLarge(tensor: string, file: string, found: number): ImatrixError {
  return new ImatrixError('bad-value', 'a sum of squares is none that a file can hold', {
    file,
    tensor,
    found,
    allowed: 'finite float32 values from 0 on',
    advice: 'The activations are beyond what any model has: was it loaded right?',
  });
}

function inRange(value: number, what: string, file: string, tensor?: string): number {
  if (value <= MAX_INT32) return value;
  throw new ImatrixError('bad-count', `${what} is out of range`, {
    file,
    tensor,
    found: value,
    allowed: `at most ${MAX_INT32}`,
    advice: 'Write the GGUF form, which holds more.',
  });
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}
