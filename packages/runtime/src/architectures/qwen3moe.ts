import { readDecoder } from '../metadata/decoder-keys';
import { readExperts } from '../metadata/expert-keys';
import type { Architecture } from './architecture';
import { attentionTensors, buildAttention } from './attention';
import { buildExperts, expertTensors } from './experts';

/** Qwen 3 with a mixture of experts in place of the feed-forward. */
export const qwen3moe: Architecture = {
  name: 'qwen3moe',
  hyperparameters(keys) {
    const decoder = readDecoder(keys, 'halves');
    const experts = readExperts(keys, (used) => Math.floor(decoder.feedForwardLength / used));
    return { ...decoder, experts };
  },
  layerTensors: (model) => [
    ...attentionTensors(model, { biases: 'none', headNorms: true }),
    ...(model.experts === undefined ? [] : expertTensors(model, model.experts)),
  ],
  buildLayer(layer) {
    buildAttention(layer);
    if (layer.model.experts !== undefined) buildExperts(layer, layer.model.experts);
  },
};
