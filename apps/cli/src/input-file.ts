import { readFile, realpath } from 'node:fs/promises';
import { HalftoneError } from '@halftone/errors';

/** A file named on the command line cannot be read, is not what it should be, or would be lost. */
class InputFileError extends HalftoneError<'cannot-read' | 'not-text' | 'same-file'> {}

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

/**
 * Refuse an output that would take the place of one of the command's own inputs.
 *
 * @throws InputFileError `same-file`.
 */
export async function refuseToReplace(
  inputs: readonly (string | undefined)[],
  output: string | undefined,
): Promise<void> {
  const place = await placeOf(output);
  if (place === undefined) return;
  for (const input of inputs) {
    if ((await placeOf(input)) !== place) continue;
    throw new InputFileError('same-file', 'the output would take the place of an input', {
      file: output,
      advice: 'Give the output another name.',
    });
  }
}

/** Where a file really is; undefined where there is none. */
async function placeOf(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : realpath(path).catch(() => undefined);
}
