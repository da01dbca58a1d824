import { decodeRows, formats } from '@halftone/quant-formats';
import { encodeGgufHeader, MemorySource, openGguf, type GgufFile, type GgufTensor } from '../src/index';

/**
 * A copy of a model in which the matrices are i2_s, as the converter of bitnet.cpp makes them: each weight is -1, 0 or 1 times the mean
 * magnitude of its tensor, and that scale stands behind all codes. The padding behind it is dirty.
 */
export async function ternaryFile(
  model: GgufFile,
  isTernary = ({ dimensions: [columns = 1, ...others] }: GgufTensor): boolean =>
    others.length > 0 && columns % 128 === 0,
): Promise<Uint8Array> {
  const { version, metadata } = model;
  const tensors = model.tensors.map(({ name, dimensions, format }, index) => {
    const source = model.tensors[index];
    return { name, dimensions, format: source && isTernary(source) ? ('i2_s' as const) : format };
  });
  const header = encodeGgufHeader({ version, metadata, tensors });
  const layout = await openGguf(new MemorySource(header));
  const last = layout.tensors.at(-1);
  const end = last === undefined ? layout.dataOffset : last.byteOffset + last.byteLength;
  const file = new Uint8Array(end);
  file.set(header);
  for (const [index, { format, byteOffset }] of layout.tensors.entries()) {
    const source = model.tensors[index];
    if (source === undefined) continue;
    const bytes = await model.readTensorBytes(source);
    file.set(format === source.format ? bytes : packTernary(weightsOf(source, bytes)), byteOffset);
  }
  return file;
}

function weightsOf({ dimensions, format }: GgufTensor, bytes: Uint8Array): Float32Array {
  const weights = new Float32Array(dimensions.reduce((product, length) => product * length, 1));
  decodeRows(formats[format], bytes, dimensions[0] ?? 1, weights);
  return weights;
}

/** Codes of all weights, then their scale and 28 bytes of anything. */
function packTernary(weights: Float32Array): Uint8Array {
  const scale = Math.fround(weights.reduce((sum, weight) => sum + Math.abs(weight) / weights.length, 0));
  const bytes = new Uint8Array(weights.length / 4 + 32).fill(0xa5);
  bytes.fill(0, 0, weights.length / 4);
  weights.forEach((weight, i) => {
    const code = Math.min(Math.max(Math.round(weight / scale), -1), 1) + 1;
    const [block, part, place] = [Math.floor(i / 128), Math.floor((i % 128) / 32), i % 32];
    const at = 32 * block + place;
    bytes[at] = (bytes[at] ?? 0) | (code << (6 - 2 * part));
  });
  new DataView(bytes.buffer).setFloat32(weights.length / 4, scale, true);
  return bytes;
}
