import {
  GgufWriter,
  MemorySink,
  MemorySource,
  openGguf,
  type GgufFile,
  type GgufValue,
} from '@halftone/gguf-io';
import { encodeRows, formats, type FormatName } from '@halftone/quant-formats';

/** A tensor of a model made for a test. */
export interface TinyTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly format: FormatName;
  readonly weights: Float32Array;
}

/** Metadata enough to choose default types: a dense model of one layer. */
export const tinyMetadata: readonly (readonly [string, GgufValue])[] = [
  ['general.architecture', { type: 'string', value: 'mistral3' }],
  ['general.file_type', { type: 'uint32', value: 32 }],
  ['mistral3.block_count', { type: 'uint32', value: 1 }],
  ['mistral3.attention.head_count', { type: 'uint32', value: 1 }],
];

/** Weights that look like those of a model: a bell curve, other for each seed, the same on every machine. */
export function bellCurve(count: number, seed: number): Float32Array {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => (uniform() + uniform() + uniform() + uniform() - 2) * 0.05,
  );
}

/** A tensor of bell-shaped weights. */
export function tinyTensor(
  name: string,
  dimensions: readonly number[],
  format: FormatName = 'f32',
): TinyTensor {
  const count = dimensions.reduce((product, length) => product * length, 1);
  return { name, dimensions, format, weights: bellCurve(count, name.length + count) };
}

/** The tensors as a GGUF file in memory. */
export async function tinyModel(
  tensors: readonly TinyTensor[],
  metadata: readonly (readonly [string, GgufValue])[] = tinyMetadata,
): Promise<GgufFile> {
  return openGguf(new MemorySource(await tinyModelBytes(tensors, metadata), 'tiny.gguf'));
}

/** The bytes of a GGUF file with the tensors. */
export async function tinyModelBytes(
  tensors: readonly TinyTensor[],
  metadata: readonly (readonly [string, GgufValue])[] = tinyMetadata,
): Promise<Uint8Array> {
  const sink = new MemorySink('tiny.gguf');
  const writer = await GgufWriter.open(sink, { version: 3, metadata: new Map(metadata), tensors });
  for (const [index, { weights, dimensions, format }] of tensors.entries()) {
    const bytes = new Uint8Array(writer.tensors[index]?.byteLength ?? 0);
    encodeRows(formats[format], weights, dimensions[0] ?? 1, undefined, bytes);
    await writer.write(bytes);
  }
  await writer.finish();
  return sink.bytes ?? new Uint8Array();
}
