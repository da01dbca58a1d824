import { cleanUpAfterError } from '../clean-up';
import { openGguf } from '../read/open';
import type { GgufFile } from '../types';
import { openFileSource } from './file-source';

/**
 * Open the GGUF file at `path`: read and check its header, as {@link openGguf} does. `close()` of the file closes it; where the header
 * cannot be read, it is closed before the error is thrown.
 *
 * @throws GgufError `not-found`, `not-a-file`, `no-permission`, and whatever is wrong in the file.
 */
export async function openGgufFile(path: string): Promise<GgufFile> {
  const source = await openFileSource(path);
  try {
    return await openGguf(source);
  } catch (error) {
    await cleanUpAfterError(() => source.close());
    throw error;
  }
}
