import type { Architecture } from './architecture';
import { llama } from './llama';
import type { TemperatureShape } from '../metadata/hyperparameters';
import { MAX_SCALE } from '../metadata/limits';
import type { ModelKeys } from '../metadata/model-keys';

/** Ministral 3 and Devstral Small 2: a llama whose queries grow with the position. */
export const mistral3: Architecture = {
  ...llama,
  name: 'mistral3',
  hyperparameters(keys) {
    const model = llama.hyperparameters(keys);
    return { ...model, attentionTemperature: readTemperature(keys, model.contextLength) };
  },
};

/**
 * transformers, `get_llama_4_attn_scale` of modeling_ministral3.py, and llama.cpp; ik_llama.cpp counts positions from 1,
 * which differs at the last position before each step.
 */
function readTemperature(keys: ModelKeys, contextLength: number): TemperatureShape | undefined {
  // `rope.scaling_beta` is how older writers (Ollama among them) call it.
  const rule = { least: 0, most: MAX_SCALE };
  const older = keys.real('rope.scaling_beta', { ...rule, otherwise: 0 });
  const scale = keys.real('attention.temperature_scale', { ...rule, otherwise: older });
  if (scale === 0) return undefined;
  return { scale, length: keys.originalContext(contextLength) };
}
