import { cleanUpAfterError } from '../clean-up';
import { GgufError } from '../error';
import { partMetadata, partPath } from '../read/parts';
import type { GgufFile, GgufTensor } from '../types';
import { GgufWriter } from '../write/writer';
import { createFileSink } from './file-sink';

/** Bytes that are copied at a time. */
const PIECE_BYTES = 8 * 1024 * 1024;

/**
 * Write a model as several files, `MODEL-00001-of-00003.gguf` and so on, as llama-gguf-split does. None of them is in place before all are written.
 *
 * @param file - the whole model
 * @param model - the path without what tells the part
 * @param parts - the names of the tensors of each part
 * @returns the paths of the parts
 * @throws GgufError `wrong-part` when a name is no tensor's; whatever is wrong in reading and writing.
 */
export async function writeParts(
  file: GgufFile,
  model: string,
  parts: readonly (readonly string[])[],
): Promise<string[]> {
  const tensors = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  const paths = parts.map((_, index) => partPath(model, index, parts.length));
  const writers: GgufWriter[] = [];
  try {
    for (const [index, names] of parts.entries()) {
      const own = names.map((name) => tensors.get(name) ?? noSuchTensor(file, name));
      const metadata = partMetadata(file.metadata, index, parts.length, file.tensors.length);
      const sink = await createFileSink(paths[index] ?? model);
      const writer = await GgufWriter.open(sink, { version: file.version, metadata, tensors: own });
      writers.push(writer);
      for (const tensor of own) await copyTensor(file, tensor, writer);
    }
    for (const writer of writers) await writer.finish();
  } catch (error) {
    for (const writer of writers) await cleanUpAfterError(() => writer.abort());
    throw error;
  }
  return paths;
}

async function copyTensor(file: GgufFile, tensor: GgufTensor, writer: GgufWriter): Promise<void> {
  for (let offset = 0; offset < tensor.byteLength; offset += PIECE_BYTES) {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, tensor.byteLength - offset));
    await file.readTensorRange(tensor, offset, piece);
    await writer.write(piece);
  }
}

function noSuchTensor(file: GgufFile, tensor: string): never {
  throw new GgufError('wrong-part', 'a part is to have a tensor that the model has not', {
    file: file.source.name,
    tensor,
    advice: 'Name tensors of the model.',
  });
}
