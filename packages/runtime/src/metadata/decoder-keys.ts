import type { Pairing } from '@halftone/tensor-kernels';
import type { Hyperparameters } from './hyperparameters';
import { MAX_CONTEXT, MAX_LAYERS, MAX_WIDTH } from './limits';
import type { ModelKeys } from './model-keys';
import { poolings } from '../embed/pooling';
import { refuseUnsupported } from './refuse-unsupported';
import { readRotation } from './rotation-keys';

const WIDTH = { least: 1, most: MAX_WIDTH };

/**
 * What every decoder's metadata say. An architecture adds what is its own.
 *
 * Names of keys and what they are when left out: src/llama-hparams.cpp of ik_llama.cpp (`llm_load_hparams`).
 */
export function readDecoder(keys: ModelKeys, pairing: Pairing): Hyperparameters {
  refuseUnsupported(keys);
  const embeddingLength = keys.count('embedding_length', WIDTH);
  const contextLength = keys.count('context_length', { least: 1, most: MAX_CONTEXT });
  const heads = keys.count('attention.head_count', WIDTH);
  const keyValueHeads = keys.count('attention.head_count_kv', { ...WIDTH, otherwise: heads });
  if (heads % keyValueHeads !== 0) {
    throw keys.badValue('attention.head_count_kv', keyValueHeads, `a divisor of ${heads} heads`);
  }
  const headLength = { ...WIDTH, otherwise: Math.floor(embeddingLength / heads) };
  const keyLength = keys.count('attention.key_length', headLength);
  return {
    architecture: keys.architecture,
    layers: keys.count('block_count', { least: 1, most: MAX_LAYERS }),
    contextLength,
    embeddingLength,
    feedForwardLength: keys.count('feed_forward_length', WIDTH),
    heads,
    keyValueHeads,
    keyLength,
    valueLength: keys.count('attention.value_length', headLength),
    normEpsilon: keys.real('attention.layer_norm_rms_epsilon', { least: 0, most: 1 }),
    rotation: readRotation(keys, { pairing, keyLength, contextLength }),
    attentionTemperature: undefined,
    experts: undefined,
    // A type that is none of them is no reason not to run the model: it then embeds as it is told to.
    pooling: poolings[keys.optional('pooling_type') ?? -1],
  };
}
