import { ggufArray, type GgufValue } from '@halftone/gguf-io';
import { openDevice } from '@halftone/tensor-kernels';
import { onTestFinished } from 'vitest';
import { loadModel, type Model } from '../src/index';
import { tinyFile, tinyMetadata, tinyShape, tinyTensors } from './tiny-model';

const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');

/** What the chain says after `a`, and that it ends then. */
export const CHAIN_TEXT = `${letters.slice(1).join('')} é`;

/** Byte-level tokens: letters, digits, a space, the two bytes of é, and a control token that ends a text. */
const texts = [...letters, 'Ġ', 'Ã', '©', '</s>'];

/**
 * A model that says the tokens of its vocabulary in their order, whatever stood before the last: an embedding of ones and zeros, layers
 * that add nothing, and an output that asks for the next token.
 */
export async function openChain(): Promise<Model> {
  const shape = tinyShape({
    architecture: 'llama',
    embedding: texts.length,
    vocabulary: texts.length,
    layers: 1,
  });
  const tensors = tinyTensors(shape);
  for (const [name, { data }] of tensors) if (!name.includes('norm')) data.fill(0);
  for (let token = 0; token < texts.length; token++) {
    tensors
      .get('token_embd.weight')
      ?.data.fill(1, token * texts.length + token, token * texts.length + token + 1);
    const next = (token + 1) % texts.length;
    tensors.get('output.weight')?.data.fill(1, next * texts.length + token, next * texts.length + token + 1);
  }
  const metadata = tinyMetadata(shape);
  const text = (value: string): GgufValue => ({ type: 'string', value });
  const kinds = texts.map((one) => (one === '</s>' ? 3 : 1));
  metadata.set('tokenizer.ggml.model', text('gpt2'));
  metadata.set('tokenizer.ggml.pre', text('gpt-2'));
  metadata.set('tokenizer.ggml.tokens', { type: 'array', value: ggufArray('string', texts) });
  metadata.set('tokenizer.ggml.token_type', { type: 'array', value: ggufArray('int32', kinds) });
  metadata.set('tokenizer.ggml.merges', { type: 'array', value: ggufArray('string', []) });
  metadata.set('tokenizer.ggml.eos_token_id', { type: 'uint32', value: texts.length - 1 });
  const device = await openDevice('reference');
  const model = await loadModel(await tinyFile(metadata, tensors), { device });
  onTestFinished(async () => {
    model.close();
    await device.close();
  });
  return model;
}
