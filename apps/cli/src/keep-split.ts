import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { partPath, tensorsOfParts, type GgufFile } from '@halftone/gguf-io';
import { openGgufFile, writeParts } from '@halftone/gguf-io/node';
import { UsageError } from './quantize-words';

/** How an output is written as several files. */
export interface Split {
  /** The path of the files without what tells the part. */
  readonly model: string;
  /** The names of the tensors of each of them. */
  readonly parts: readonly (readonly string[])[];
}

/**
 * Where an output is written: as one file at first, which is then split as the source is where that is to be kept.
 *
 * @throws UsageError when the files would take the place of the source's.
 */
export function outputOf(
  source: GgufFile,
  output: string,
  keepSplit: boolean,
): { readonly output: string; readonly split: Split | undefined } {
  const split = keepSplit ? splitOf(source, output) : undefined;
  return { output: split === undefined ? output : `${split.model}-whole.gguf`, split };
}

/**
 * The split of the source for an output that is to be called `output`; `undefined` where the source is in one file.
 *
 * @throws UsageError when the files would take the place of the source's.
 */
function splitOf(source: GgufFile, output: string): Split | undefined {
  const parts = tensorsOfParts(source);
  if (parts.length === 1) return undefined;
  const model = output.replace(/\.gguf$/, '');
  const first = partPath(model, 0, parts.length);
  if (resolve(first) !== resolve(source.source.name)) return { model, parts };
  throw new UsageError('usage', 'the files of the output would take the place of the source', {
    file: first,
    advice: 'Give the output another name.',
  });
}

/** Write the model at `whole` as several files, remove it, and give their paths. Tensors that the source does not have come last. */
export async function writeSplit(whole: string, { model, parts }: Split): Promise<string[]> {
  const file = await openGgufFile(whole);
  try {
    const known = new Set(parts.flat());
    const others = file.tensors.map(({ name }) => name).filter((name) => !known.has(name));
    const paths = await writeParts(file, model, [
      ...parts.slice(0, -1),
      [...(parts.at(-1) ?? []), ...others],
    ]);
    await rm(whole);
    return paths;
  } finally {
    await file.close();
  }
}
