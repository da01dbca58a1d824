import { readDecoder } from '../metadata/decoder-keys';
import { readExperts } from '../metadata/expert-keys';
import type { Architecture } from './architecture';
import { attentionTensors, buildAttention } from './attention';
import { buildExperts, expertTensors } from './experts';
import { buildFeedForward, feedForwardTensors } from './feed-forward';

/** Llama 1 to 3, Mistral 7B and kin; with experts, Mixtral. */
export const llama: Architecture = {
  name: 'llama',
  hyperparameters(keys) {
    const decoder = readDecoder(keys, 'adjacent');
    const hasExperts = (keys.optional('expert_count') ?? 0) > 0;
    return hasExperts ? { ...decoder, experts: readExperts(keys, () => decoder.feedForwardLength) } : decoder;
  },
  layerTensors: (model) => [
    ...attentionTensors(model, { biases: 'optional', headNorms: false }),
    ...(model.experts === undefined
      ? feedForwardTensors(model, { biases: 'optional' })
      : expertTensors(model, model.experts)),
  ],
  buildLayer(layer) {
    buildAttention(layer);
    if (layer.model.experts === undefined) buildFeedForward(layer);
    else buildExperts(layer, layer.model.experts);
  },
};
