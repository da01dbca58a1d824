import { readDecoder } from '../metadata/decoder-keys';
import type { Architecture } from './architecture';
import { attentionTensors, buildAttention } from './attention';
import { buildFeedForward, feedForwardTensors } from './feed-forward';

/** Qwen 3, dense: each head of queries and keys is normalised. */
export const qwen3: Architecture = {
  name: 'qwen3',
  hyperparameters: (keys) => readDecoder(keys, 'halves'),
  layerTensors: (model) => [
    ...attentionTensors(model, { biases: 'none', headNorms: true }),
    ...feedForwardTensors(model, { biases: 'none' }),
  ],
  buildLayer(layer) {
    buildAttention(layer);
    buildFeedForward(layer);
  },
};
