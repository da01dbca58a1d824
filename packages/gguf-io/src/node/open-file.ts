import { cleanUpAfterError } from '../clean-up';
import { openGguf } from '../read/open';
import { joinParts, partCount, pathsOfOtherParts } from '../read/parts';
import type { GgufFile } from '../types';
import { openFileSource } from './file-source';

/**
 * Open the GGUF file at `path`: read and check its header, as {@link openGguf} does. Where it is the first part of a model in several
 * files (`NAME-00001-of-00003.gguf`), all of them are opened, as one. `close()` of the file closes what was opened; where a header
 * cannot be read, it is closed before the error is thrown.
 *
 * @throws GgufError `not-found`, `not-a-file`, `no-permission`, `wrong-part`, and whatever is wrong in the files.
 */
export async function openGgufFile(path: string): Promise<GgufFile> {
  const first = await openOne(path);
  const others: GgufFile[] = [];
  try {
    const count = partCount(first);
    if (count === 1) return first;
    for (const other of pathsOfOtherParts(path, count)) others.push(await openOne(other));
  } catch (error) {
    await cleanUpAfterError(() => Promise.all([first, ...others].map((part) => part.close())));
    throw error;
  }
  return joinParts([first, ...others]);
}

async function openOne(path: string): Promise<GgufFile> {
  const source = await openFileSource(path);
  try {
    return await openGguf(source);
  } catch (error) {
    await cleanUpAfterError(() => source.close());
    throw error;
  }
}
