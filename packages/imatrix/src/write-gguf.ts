import {
  ggufArray,
  GgufWriter,
  type ByteSink,
  type GgufTensorShape,
  type GgufValue,
} from '@halftone/gguf-io';
import { chunkCountOf, DEFAULT_CHUNK_SIZE, withChunkSize } from './chunks';
import { GENERAL_TYPE, KEYS, SUFFIXES } from './gguf-form';
import { tooLarge } from './write-dat';
import type { ImportanceEntry, ImportanceMatrix } from './types';

/**
 * Write the GGUF form of llama.cpp, as its `save_imatrix` does (`tools/imatrix/imatrix.cpp`): the same keys, types and
 * shapes in the same order. Sums and counts are float32: a count beyond 2^24 rows loses its last bits there.
 *
 * The form counts rows. A matrix that counts chunks of unknown size, as legacy files do, is written with chunks of
 * {@link DEFAULT_CHUNK_SIZE}, which is what llama.cpp assumes.
 *
 * @throws ImatrixError `bad-value` for a sum that float32 does not hold; the errors of the sink and of `GgufWriter`.
 */
export async function writeGguf(matrix: ImportanceMatrix, sink: ByteSink): Promise<void> {
  const inRows = withChunkSize(matrix, DEFAULT_CHUNK_SIZE);
  const entries = [...inRows.entries.values()];
  const writer = await GgufWriter.open(sink, {
    version: 3,
    metadata: metadataOf(inRows),
    tensors: entries.flatMap(shapesOf),
  });
  for (const entry of entries) {
    await writer.write(float32s(entry.sums, entry, matrix));
    await writer.write(float32s(entry.counts, entry, matrix));
  }
  await writer.finish();
}

function metadataOf(matrix: ImportanceMatrix): Map<string, GgufValue> {
  return new Map<string, GgufValue>([
    [KEYS.type, { type: 'string', value: GENERAL_TYPE }],
    [KEYS.datasets, { type: 'array', value: ggufArray('string', matrix.datasets) }],
    [KEYS.chunkCount, { type: 'uint32', value: chunkCountOf(matrix) }],
    [KEYS.chunkSize, { type: 'uint32', value: matrix.chunkSize ?? DEFAULT_CHUNK_SIZE }],
  ]);
}

/** ggml leaves out trailing dimensions of length 1. */
function shapesOf({ name, sums, counts }: ImportanceEntry): GgufTensorShape[] {
  const experts = counts.length === 1 ? [] : [counts.length];
  return [
    { name: name + SUFFIXES.sums, dimensions: [sums.length / counts.length, ...experts], format: 'f32' },
    { name: name + SUFFIXES.counts, dimensions: [1, ...experts], format: 'f32' },
  ];
}

function float32s(
  values: Float32Array | Float64Array,
  { name }: ImportanceEntry,
  { source }: ImportanceMatrix,
): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    if (!(value >= 0 && Math.fround(value) < Infinity)) throw tooLarge(name, source, value);
    view.setFloat32(4 * index, value, true);
  }
  return bytes;
}
