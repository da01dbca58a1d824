import { placeInFile, type GgufFile, type GgufTensor } from '@halftone/gguf-io';
import { decodeRows, formats } from '@halftone/quant-formats';
import type { Device, Values, Weights, WeightShape } from '@halftone/tensor-kernels';
import { RuntimeError } from '../error';
import { ModelWeights } from './model-weights';
import type { PlacedTensor } from './tensor-table';

/** What a weight is as a matrix: vectors are one row. */
export function weightShape({ dimensions, format }: GgufTensor): WeightShape {
  const [columns = 1, rows = 1, experts = 1] = dimensions;
  return { format, rows, columns, experts };
}

/** A small tensor, decoded. @throws RuntimeError `not-finite`. */
export async function readVector(file: GgufFile, tensor: GgufTensor): Promise<Float32Array> {
  const vector = new Float32Array(tensor.dimensions[0] ?? 0);
  decodeRows(formats[tensor.format], await file.readTensorBytes(tensor), vector.length, vector);
  const place = vector.findIndex((value) => !Number.isFinite(value));
  if (place === -1) return vector;
  throw notFinite(file, tensor, place, vector[place] ?? Number.NaN);
}

/**
 * Give a device the tensors of a model: matrices as they are packed, vectors as floats.
 *
 * @param path - the file on this machine, where it is one: a device may map it instead of holding a copy.
 * @throws RuntimeError `not-finite` for a vector; `KernelError` for a format without arithmetic, or too little memory.
 */
export async function loadWeights(
  device: Device,
  file: GgufFile,
  tensors: readonly PlacedTensor[],
  path: string | undefined,
): Promise<ModelWeights> {
  const matrices = new Map<string, Weights>();
  const vectors = new Map<string, Values>();
  try {
    for (const { tensor, use } of tensors) {
      if (use === 'matrix') matrices.set(tensor.name, await loadMatrix(device, file, tensor, path));
      if (use === 'vector')
        vectors.set(tensor.name, await loadVector(device, await readVector(file, tensor)));
    }
  } catch (error) {
    new ModelWeights(matrices, vectors).release(device);
    throw error;
  }
  return new ModelWeights(matrices, vectors);
}

function loadMatrix(
  device: Device,
  file: GgufFile,
  tensor: GgufTensor,
  path: string | undefined,
): Promise<Weights> {
  const { name, offset } = placeInFile(file.source, tensor.byteOffset);
  // Rows with one scale in common do not lie in the file as they are read.
  const isMappable = path !== undefined && formats[tensor.format].tensorSuffixBytes === undefined;
  return device.loadWeights(weightShape(tensor), {
    read: () => file.readTensorBytes(tensor),
    ...(isMappable ? { file: { path: name, offset } } : {}),
  });
}

async function loadVector(device: Device, vector: Float32Array): Promise<Values> {
  const values = device.allocateValues(vector.length);
  await device.write(values, vector);
  return values;
}

/** The error for a weight that is NaN or infinite. */
export function notFinite(file: GgufFile, tensor: GgufTensor, place: number, found: number): RuntimeError {
  return new RuntimeError('not-finite', 'a weight is not finite', {
    file: file.source.name,
    tensor: tensor.name,
    found: `${found} at place ${place}`,
    allowed: 'finite numbers',
    advice:
      'The file is damaged, or the model was converted or quantized wrongly: take it again from its source.',
  });
}
