/**
 * Where a tensor has no entry, the entry of a tensor that sees the same activations stands in.
 * [end of the tensor's name, ends of the names that may stand in, the best first].
 *
 * llama-imatrix records only the `up` matrix where `gate` and `up` are computed together, and files exist that were
 * made with split experts, or without the split of multi-head latent attention, for models that have the other form.
 * Source: `src/llama-quantize.cpp` of ik_llama.cpp, the look-up in `llama_model_quantize_internal`.
 */
const STAND_INS: readonly (readonly [suffix: string, substitutes: readonly string[]])[] = [
  ['ffn_up_exps.weight', ['ffn_gate_up_exps.weight']],
  ['ffn_gate_exps.weight', ['ffn_gate_up_exps.weight', 'ffn_up_exps.weight']],
  ['ffn_gate_up_exps.weight', ['ffn_up_exps.weight']],
  ['ffn_gate.weight', ['ffn_up.weight']],
  ['.attn_v_b.weight', ['.attn_kv_b.weight']],
  ['.attn_kv_b.weight', ['.attn_v_b.weight']],
];

/** The names of the entries that may stand in for the entry of tensor `name`, the best first. */
export function standInNames(name: string): readonly string[] {
  for (const [suffix, substitutes] of STAND_INS) {
    if (name.endsWith(suffix)) {
      const prefix = name.slice(0, -suffix.length);
      return substitutes.map((substitute) => prefix + substitute);
    }
  }
  return [];
}
