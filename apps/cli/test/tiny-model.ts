import { GgufWriter, type GgufValue } from '@halftone/gguf-io';
import { createFileSink } from '@halftone/gguf-io/node';

const metadata = new Map<string, GgufValue>([
  ['general.architecture', { type: 'string', value: 'mistral3' }],
  ['mistral3.block_count', { type: 'uint32', value: 1 }],
  ['mistral3.attention.head_count', { type: 'uint32', value: 1 }],
]);

/**
 * Write a model of one layer, enough to be quantized in a moment.
 *
 * @param columns - the length of its rows.
 * @param lastWeight - put in place of the last weight, to damage the model.
 */
export async function writeTinyModel(path: string, columns = 256, lastWeight?: number): Promise<void> {
  const tensors = ['blk.0.attn_q.weight', 'blk.0.ffn_down.weight', 'blk.0.ffn_up.weight'].map((name) => ({
    name,
    dimensions: [columns, 64],
    format: 'f32' as const,
  }));
  const writer = await GgufWriter.open(await createFileSink(path), { version: 3, metadata, tensors });
  for (const [index] of tensors.entries()) {
    const weights = Float32Array.from({ length: columns * 64 }, (_, i) => Math.sin(i * (index + 1)) / 16);
    if (index === tensors.length - 1 && lastWeight !== undefined) weights[weights.length - 1] = lastWeight;
    await writer.write(new Uint8Array(weights.buffer));
  }
  await writer.finish();
}
