import type { GgufFile, GgufTensor } from '@halftone/gguf-io';
import { otherModel, type KeptTensors } from './keep-tensors';

/** Bytes of a tensor that are compared: a norm is no longer, and of a matrix they are enough to tell it from another. */
const COMPARED_BYTES = 1024 * 1024;

/**
 * Compare the kept tensors that have the same type in the source: quantizing copies those, so a difference means another model, or other
 * weights under the same names and metadata.
 *
 * @throws `QuantizeError` `other-model`.
 */
export async function refuseOtherWeights(source: GgufFile, { file, tensors }: KeptTensors): Promise<void> {
  for (const tensor of source.tensors) {
    const kept = tensors.get(tensor.name);
    if (kept?.format !== tensor.format) continue;
    if (Buffer.compare(await headOf(source, tensor), await headOf(file, kept)) === 0) continue;
    throw otherModel(file, tensor.name, 'other weights', 'the weights of the source');
  }
}

async function headOf(file: GgufFile, tensor: GgufTensor): Promise<Uint8Array> {
  const head = new Uint8Array(Math.min(tensor.byteLength, COMPARED_BYTES));
  await file.readTensorRange(tensor, 0, head);
  return head;
}
