import { readFile } from 'node:fs/promises';
import { HalftoneError } from '@halftone/errors';

/** A file named on the command line cannot be read, or is not what it should be. */
class InputFileError extends HalftoneError<'cannot-read' | 'not-text'> {}

/**
 * All bytes of a file that is read whole: a recipe, an importance matrix. A pipe will do.
 *
 * @param what - what the file is to the user, for the message: `the recipe`.
 * @throws InputFileError `cannot-read`.
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

/**
 * All text of a file that is read whole.
 *
 * @throws InputFileError `cannot-read`, or `not-text` for bytes that are no UTF-8.
 */
export async function readInputText(path: string, what: string): Promise<string> {
  const bytes = await readInputFile(path, what);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputFileError('not-text', `${what} is no text in UTF-8`, {
      file: path,
      advice: 'Save it as UTF-8; PowerShell writes UTF-16 unless it is told otherwise.',
      cause,
    });
  }
}
