import { readDecoder } from '../metadata/decoder-keys';
import type { Architecture } from './architecture';
import { attentionTensors, buildAttention } from './attention';
import { buildFeedForward, feedForwardTensors } from './feed-forward';

/** Qwen 2 and 2.5: biases on queries, keys and values. */
export const qwen2: Architecture = {
  name: 'qwen2',
  hyperparameters: (keys) => readDecoder(keys, 'halves'),
  layerTensors: (model) => [
    ...attentionTensors(model, { biases: 'required', headNorms: false }),
    ...feedForwardTensors(model, { biases: 'none' }),
  ],
  buildLayer(layer) {
    buildAttention(layer);
    buildFeedForward(layer);
  },
};
