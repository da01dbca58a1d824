import { createHash } from 'node:crypto';
import type { GgufFile, RandomAccessSource } from '@halftone/gguf-io';
import { openFileSource } from '@halftone/gguf-io/node';
import { throwIfAborted } from '../abort';
import type { JournalContent } from './journal';

/** Bytes that are read at a time. */
const CHUNK_BYTES = 1024 * 1024;

/** Part of a file. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * How many tensors, from the first, the unfinished file at `path` really holds as the journal says. What a process wrote is there
 * after it was killed; after a power cut some of it may not be, and hashes tell.
 *
 * @param layout - the header of the output: where each tensor lies
 */
export async function countWholeTensors(
  path: string,
  { entries }: JournalContent,
  layout: GgufFile,
  signal: AbortSignal | undefined,
): Promise<number> {
  const partial = await openFileSource(path);
  const buffer = new Uint8Array(CHUNK_BYTES);
  try {
    for (const [index, { entry }] of entries.entries()) {
      const range = checkedRange(layout, index);
      const isWhole =
        entry.tensor === layout.tensors[index]?.name &&
        range.end <= partial.byteLength &&
        (await sha256Of(partial, range, buffer, signal)) === entry.sha256;
      if (!isWhole) return index;
    }
    return entries.length;
  } finally {
    await partial.close();
  }
}

/** Where the tensor at `index` begins in the output; for an index behind the last tensor, where the output ends. */
export function tensorStart({ tensors, alignment }: GgufFile, index: number): number {
  const tensor = tensors[index];
  if (tensor !== undefined) return tensor.byteOffset;
  const last = tensors.at(-1);
  return last === undefined ? 0 : Math.ceil((last.byteOffset + last.byteLength) / alignment) * alignment;
}

/** What the hash of a tensor covers: up to the start of the next one; for the first, the header too. */
function checkedRange(layout: GgufFile, index: number): ByteRange {
  return { start: index === 0 ? 0 : tensorStart(layout, index), end: tensorStart(layout, index + 1) };
}

async function sha256Of(
  source: RandomAccessSource,
  { start, end }: ByteRange,
  buffer: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash('sha256');
  for (let at = start; at < end; at += buffer.length) {
    throwIfAborted(signal, source.name);
    const chunk = buffer.subarray(0, Math.min(buffer.length, end - at));
    await source.read(at, chunk);
    hash.update(chunk);
  }
  return hash.digest('hex');
}
