import { constants } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { HalftoneError } from '@halftone/errors';
import { createFileSink } from '@halftone/gguf-io/node';

/** A file named on the command line cannot be read, is not what it should be, or would be lost. */
class InputFileError extends HalftoneError<'cannot-read' | 'not-text' | 'too-long' | 'same-file'> {}

/** The name of a file that stands for standard input, as for most commands. */
const STANDARD_INPUT = '-';

/**
 * All bytes of a file that is read whole: a recipe, an importance matrix. A pipe will do, and `-` is standard input.
 *
 * @param what - what the file is to the user, for the message: `the recipe`.
 * @param most - no more than one byte beyond so many is read, but of standard input.
 * @throws InputFileError `cannot-read`.
 */
export async function readInputFile(path: string, what: string, most?: number): Promise<Uint8Array> {
  try {
    if (path === STANDARD_INPUT) return await buffer(process.stdin);
    // One byte more than allowed tells that there are too many, and a file that never ends is left there.
    return most === undefined ? await readFile(path) : await buffer(createReadStream(path, { end: most }));
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
 * @param most - bytes at most: what any text of this kind has. As many as a string can hold if left out.
 * @throws InputFileError `cannot-read`, `not-text` for bytes that are no UTF-8, `too-long` for more than a string can hold.
 */
export async function readInputText(path: string, what: string, most?: number): Promise<string> {
  const bytes = await readInputFile(path, what, most);
  const allowed = most ?? constants.MAX_STRING_LENGTH;
  if (bytes.length > allowed) {
    throw new InputFileError('too-long', `${what} is too long to be read whole`, {
      file: path,
      found: `${bytes.length} bytes${most === undefined ? '' : ' or more'}`,
      allowed: `up to ${allowed}`,
      advice: 'Give a part of it.',
    });
  }
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

/**
 * Try a place for an output, before any work: the folder, and what stands there. Nothing is left behind.
 *
 * @throws GgufError `not-found`, `not-a-file`, `no-permission` or `no-space`.
 */
export async function checkOutput(path: string | undefined): Promise<void> {
  if (path !== undefined) await (await createFileSink(path)).abort();
}

/** Where a file really is; undefined where there is none. */
async function placeOf(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : realpath(path).catch(() => undefined);
}
