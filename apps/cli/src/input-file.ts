import { readFile } from 'node:fs/promises';
import { HalftoneError } from '@halftone/errors';

/** A file named on the command line cannot be read. */
class InputFileError extends HalftoneError<'cannot-read'> {}

/**
 * All bytes of a file that is read whole: a recipe, an importance matrix.
 *
 * @param what - what the file is to the user, for the message: `the recipe`.
 * @throws InputFileError when the file cannot be read.
 */
export async function readInputFile(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new InputFileError('cannot-read', `cannot read ${what}`, {
      file: path,
      found: cause instanceof Error ? cause.message : String(cause),
      advice: 'Check the name, and that you may read it.',
      cause,
    });
  }
}
