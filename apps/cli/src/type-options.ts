import { object } from '@optique/core/constructs';
import { message, text } from '@optique/core/message';
import { optional } from '@optique/core/modifiers';
import { option } from '@optique/core/primitives';
import { string } from '@optique/core/valueparser';

/** An option that names a type. */
export function typeOption(name: `--${string}`, of: string) {
  return optional(
    option(name, string({ metavar: 'TYPE' }), { description: message`Type of ${text(of)}, such as q6_K.` }),
  );
}

/** The options of llama-quantize that name the type of some tensors; their values are checked where the plan is made. */
export const typeOptions = object({
  'output-tensor-type': typeOption(
    '--output-tensor-type',
    'output.weight, or of the token embedding where that is both; before any rule',
  ),
  'token-embedding-type': typeOption('--token-embedding-type', 'token_embd.weight; before any rule'),
  'per-layer-token-embedding-type': typeOption(
    '--per-layer-token-embedding-type',
    'per_layer_token_embd.weight; before any rule',
  ),
  'ffn-gate-inp-type': typeOption(
    '--ffn-gate-inp-type',
    'the routers of experts, which are kept otherwise; before any rule',
  ),
  'attn-q-type': typeOption('--attn-q-type', 'attn_q where no rule matches'),
  'attn-k-type': typeOption('--attn-k-type', 'attn_k where no rule matches'),
  'attn-v-type': typeOption('--attn-v-type', 'attn_v where no rule matches'),
  'attn-qkv-type': typeOption('--attn-qkv-type', 'attn_qkv where no rule matches'),
  'attn-output-type': typeOption('--attn-output-type', 'attn_output where no rule matches'),
  'ffn-gate-type': typeOption('--ffn-gate-type', 'ffn_gate where no rule matches, experts too'),
  'ffn-down-type': typeOption('--ffn-down-type', 'ffn_down where no rule matches, experts too'),
  'ffn-up-type': typeOption('--ffn-up-type', 'ffn_up where no rule matches, experts too'),
});
