import type { ExpertShape } from './hyperparameters';
import { MAX_EXPERTS, MAX_SCALE, MAX_WIDTH } from './limits';
import type { ModelKeys } from './model-keys';

/** `expert_gating_func`: 1 is softmax, and this is sigmoid. */
const SIGMOID = 2;

/** How experts are chosen, and how wide they are. `otherwise`: their feed-forward length where the file does not say. */
export function readExperts(keys: ModelKeys, otherwise: (used: number) => number): ExpertShape {
  const count = keys.count('expert_count', { least: 1, most: MAX_EXPERTS });
  const used = keys.count('expert_used_count', { least: 1, most: count });
  const feedForwardLength = keys.count('expert_feed_forward_length', {
    least: 1,
    most: MAX_WIDTH,
    otherwise: otherwise(used),
  });
  const gatingNumber = keys.count('expert_gating_func', { least: 1, most: SIGMOID, otherwise: 1 });
  const scale = keys.real('expert_weights_scale', { least: 0, most: MAX_SCALE, otherwise: 0 });
  return {
    count,
    used,
    feedForwardLength,
    gating: gatingNumber === SIGMOID ? 'sigmoid' : 'softmax',
    normalize: keys.flag('expert_weights_norm', true),
    // Converters write 0 where there is no scale.
    scale: scale === 0 ? 1 : scale,
  };
}
