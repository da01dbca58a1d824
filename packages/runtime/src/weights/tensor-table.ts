import type { GgufFile, GgufTensor } from '@halftone/gguf-io';
import type { Architecture } from '../architectures/architecture';
import { RuntimeError } from '../error';
import type { Hyperparameters } from '../metadata/hyperparameters';
import type { TensorFact } from './tensor-facts';

/** A tensor of the file, and what it becomes. */
export interface PlacedTensor {
  readonly tensor: GgufTensor;
  readonly use: TensorFact['use'];
}

const EMBEDDING = 'token_embd.weight';

/** The number of tokens in the vocabulary: rows of the token embedding. @throws RuntimeError `missing-tensor`. */
export function vocabularySize(file: GgufFile): number {
  const tensor = file.tensors.find(({ name }) => name === EMBEDDING);
  if (tensor === undefined) throw missing(file, EMBEDDING);
  return tensor.dimensions[1] ?? 1;
}

/**
 * Compare the tensor table with what the architecture asks for, before any tensor is read.
 *
 * @throws RuntimeError `missing-tensor`, `wrong-shape`; `unsupported` for a tensor that the architecture has no use for, because
 * to leave it out would be to run another model.
 */
export function matchTensors(
  file: GgufFile,
  architecture: Architecture,
  model: Hyperparameters,
): readonly PlacedTensor[] {
  const byName = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  const placed: PlacedTensor[] = [];
  for (const fact of modelTensors(architecture, model, vocabularySize(file))) {
    const tensor = byName.get(fact.name);
    if (tensor === undefined) {
      if (fact.isOptional === true) continue;
      throw missing(file, fact.name);
    }
    checkShape(file, tensor, fact);
    byName.delete(fact.name);
    placed.push({ tensor, use: fact.use });
  }
  const [unknown] = byName.keys();
  if (unknown === undefined) return placed;
  throw new RuntimeError('unsupported', `${architecture.name} has no use for this tensor`, {
    file: file.source.name,
    tensor: unknown,
    found: `${byName.size} such tensors`,
    advice: 'The file is of a relative of the architecture that cannot be run yet.',
  });
}

function modelTensors(architecture: Architecture, model: Hyperparameters, vocabulary: number): TensorFact[] {
  const { embeddingLength, layers, rotation } = model;
  const matrix = { use: 'matrix' as const, dimensions: [embeddingLength, vocabulary] };
  const layerTensors = architecture.layerTensors(model);
  return [
    { name: EMBEDDING, ...matrix },
    { name: 'output_norm.weight', use: 'vector', dimensions: [embeddingLength] },
    { name: 'output.weight', ...matrix, isOptional: true },
    // Converters make it for Llama 3.1 and later.
    { name: 'rope_freqs.weight', use: 'divisors', dimensions: [rotation.rotated / 2], isOptional: true },
    ...Array.from({ length: layers }, (_, index) =>
      layerTensors.map((fact) => ({ ...fact, name: `blk.${index}.${fact.name}` })),
    ).flat(),
  ];
}

function checkShape(file: GgufFile, tensor: GgufTensor, fact: TensorFact): void {
  const found = shapeWords(tensor.dimensions);
  const allowed = shapeWords(fact.dimensions);
  if (found === allowed) return;
  throw new RuntimeError('wrong-shape', 'the tensor has another shape than the metadata say', {
    file: file.source.name,
    tensor: tensor.name,
    found,
    allowed,
    advice: 'The file is damaged, or was converted with a faulty program: convert the model again.',
  });
}

/** `256 x 768`. Dimensions of 1 at the end mean nothing, and writers differ about them. */
function shapeWords(dimensions: readonly number[]): string {
  const last = dimensions.findLastIndex((length) => length !== 1);
  return dimensions.slice(0, Math.max(1, last + 1)).join(' x ');
}

function missing(file: GgufFile, tensor: string): RuntimeError {
  return new RuntimeError('missing-tensor', 'the file does not have the tensor', {
    file: file.source.name,
    tensor,
    advice: 'The download or the conversion is not complete, or the model is split over several files.',
  });
}
