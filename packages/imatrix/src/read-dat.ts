import { ByteReader } from './byte-reader';
import { ImatrixError } from './error';
import { MAX_ENTRIES, MAX_NAME_BYTES } from './limits';
import type { ImportanceEntry, ImportanceMatrix } from './types';

const CHECK_THE_FILE =
  'Check that the file is an importance matrix in the legacy .dat form, and copy or make it again.';

/**
 * Read an importance matrix in the legacy form (`.dat`), as llama-imatrix of ik_llama.cpp and older llama.cpp write it.
 *
 * All numbers are little-endian, without alignment: int32 number of entries; then for each entry int32 length of the
 * name, the name, int32 number of calls, int32 number of values, float32 values (the mean square of the column times
 * the number of calls); then, except in older files, int32 number of chunks, int32 length of a path, the path of the
 * calibration text. Source: `examples/imatrix/imatrix.cpp` (writer) and `examples/quantize/quantize.cpp` (reader) of
 * ik_llama.cpp.
 *
 * Stricter than that reader: two entries of one name, negative or non-finite values and bytes after the end are errors,
 * because each of them means that the file is damaged or was put together wrongly.
 *
 * @throws ImatrixError when the bytes are no importance matrix of this form
 */
export function readDat(bytes: Uint8Array, source: string): ImportanceMatrix {
  const reader = new ByteReader(bytes, source);
  const entryCount = readEntryCount(reader, source);
  const entries = new Map<string, ImportanceEntry>();
  for (let i = 0; i < entryCount; i++) {
    const start = reader.offset;
    const entry = readEntry(reader, source, i);
    if (entries.has(entry.name)) {
      throw new ImatrixError('duplicate-entry', `entry ${i} has the name of an earlier one`, {
        file: source,
        tensor: entry.name,
        offset: start,
        advice: 'Make the importance matrix again; it is not known which of the two is right.',
      });
    }
    entries.set(entry.name, entry);
  }
  return { source, entries, chunkSize: undefined, ...readTrailer(reader, source) };
}

function readEntryCount(reader: ByteReader, source: string): number {
  const count = reader.int32('the number of entries');
  const facts = { file: source, offset: 0 };
  if (count < 1) {
    throw new ImatrixError('empty', 'the file has no entries', {
      ...facts,
      found: count,
      allowed: '1 or more',
      advice: CHECK_THE_FILE,
    });
  }
  if (count > MAX_ENTRIES) {
    throw new ImatrixError('too-many-entries', 'no importance matrix has so many entries', {
      ...facts,
      found: count,
      allowed: `at most ${MAX_ENTRIES}`,
      advice: CHECK_THE_FILE,
    });
  }
  return count;
}

function readEntry(reader: ByteReader, source: string, index: number): ImportanceEntry {
  const name = readName(reader, source, index);
  const entry = `entry ${JSON.stringify(name)}`;
  const callCount = readCount(reader, source, `the number of calls of ${entry}`, 0);
  const valueCount = readCount(reader, source, `the number of values of ${entry}`, 1);
  const start = reader.offset;
  const sums = reader.float32s(valueCount, `the values of ${entry}`);
  const wrong = sums.findIndex((value) => !(value >= 0 && value < Infinity));
  if (wrong >= 0) throw badValue(source, name, wrong, sums[wrong] ?? NaN, start + 4 * wrong);
  // Where no calls are told, the values are the mean squares themselves: they weigh as one call.
  return { name, sums, counts: Float64Array.of(callCount || 1) };
}

function badValue(file: string, tensor: string, index: number, found: number, offset: number): ImatrixError {
  return new ImatrixError('bad-value', `value ${index} of the entry is no mean square`, {
    file,
    tensor,
    offset,
    found,
    allowed: 'finite values from 0 on',
    advice: 'Make the importance matrix again.',
  });
}

function readName(reader: ByteReader, source: string, index: number): string {
  const what = `the name of entry ${index}`;
  const offset = reader.offset;
  const length = reader.int32(`the length of ${what}`);
  const facts = {
    file: source,
    offset,
    advice: CHECK_THE_FILE,
  };
  if (length < 1 || length > MAX_NAME_BYTES) {
    const allowed = `1 to ${MAX_NAME_BYTES} bytes`;
    throw new ImatrixError('bad-name', `${what} has an impossible length`, {
      ...facts,
      found: length,
      allowed,
    });
  }
  const bytes = reader.bytes(length, what);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ImatrixError('bad-name', `${what} is not UTF-8`, { ...facts, cause });
  }
}

function readCount(reader: ByteReader, source: string, what: string, least: number): number {
  const offset = reader.offset;
  const count = reader.int32(what);
  if (count >= least) return count;
  throw new ImatrixError('bad-count', `${what} is out of range`, {
    file: source,
    offset,
    found: count,
    allowed: `${least} or more`,
    advice: CHECK_THE_FILE,
  });
}

function readTrailer(reader: ByteReader, source: string): Pick<ImportanceMatrix, 'chunkCount' | 'datasets'> {
  if (reader.remaining === 0) return { chunkCount: undefined, datasets: [] };
  const chunkCount = readCount(reader, source, 'the number of chunks', 0);
  const length = readCount(reader, source, 'the length of the path of the calibration text', 0);
  // A path may hold any bytes, and it is only shown: what is not UTF-8 is shown as U+FFFD.
  const dataset = new TextDecoder().decode(reader.bytes(length, 'the path of the calibration text'));
  if (reader.remaining > 0) {
    throw new ImatrixError('trailing-bytes', 'the file goes on after its end', {
      file: source,
      offset: reader.offset,
      found: `${reader.remaining} more bytes`,
      allowed: 'none',
      advice:
        'Check that the file is one importance matrix in the legacy .dat form, not several joined together.',
    });
  }
  return { chunkCount, datasets: length === 0 ? [] : [dataset] };
}
