import type { ModelKeys } from './model-keys';

/**
 * Keys that change the arithmetic in ways that no program here has, each with the value that changes nothing. A file that says
 * otherwise must not be run as if it did not.
 */
const NEUTRAL_VALUES: Readonly<Record<string, number>> = {
  'attention.sliding_window': 0,
  'attention.sliding_window_pattern': 0,
  'attention.clamp_kqv': 0,
  'attention.max_alibi_bias': 0,
  'attention.scale': 0,
  attn_logit_softcapping: 0,
  final_logit_softcapping: 0,
  router_logit_softcapping: 0,
  logit_scale: 0,
  residual_scale: 0,
  embedding_scale: 0,
  expert_shared_count: 0,
  expert_shared_feed_forward_length: 0,
  leading_dense_block_count: 0,
  nextn_predict_layers: 0,
  'rope.scaling.yarn_ext_factor': 1,
  'rope.scaling.yarn_attn_factor': 1,
};

/** The same for truths. */
const NEUTRAL_FLAGS: Readonly<Record<string, boolean>> = {
  'attention.causal': true,
  use_parallel_residual: false,
};

/** @throws RuntimeError `unsupported` where the metadata ask for arithmetic that is not done here. */
export function refuseUnsupported(keys: ModelKeys): void {
  for (const [name, neutral] of Object.entries(NEUTRAL_VALUES)) {
    const found = keys.optional(name) ?? neutral;
    if (found !== neutral) throw keys.unsupported(name, found, `no such key, or ${neutral}`);
  }
  for (const [name, neutral] of Object.entries(NEUTRAL_FLAGS)) {
    const found = keys.flag(name, neutral);
    if (found !== neutral) throw keys.unsupported(name, String(found), `no such key, or ${neutral}`);
  }
}
