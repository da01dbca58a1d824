import type { Part } from '../ftypes/mixture';
import type { Program } from '../ftypes/program';

/** Parts that are told by a part of the name; the output matrix and the token embedding have names of their own. */
type NamedPart = Exclude<Part, 'output' | 'token_embd'>;

/** What is alike in both programs. */
const ALIKE = {
  ffn_down: /ffn_down/,
  attn_output: /attn_output\.weight/,
  ffn_gate: /ffn_gate/,
  ffn_up: /ffn_up/,
  other: /(?:)/,
};

/** The names of the tensors of each part. Fused queries, keys and values are queries to ik_llama.cpp, and values to llama.cpp. */
const NAMES: Readonly<Record<Program, Readonly<Partial<Record<NamedPart, RegExp>>>>> = {
  'ik_llama.cpp': {
    ...ALIKE,
    attn_v: /attn_v\.weight/,
    attn_k: /attn_k/,
    first_ffn: /blk\.0\.ffn_(?:down|gate|up)/,
    attn_q: /attn_q/,
    attn_qkv: /attn_qkv\.weight/,
    shexp: /_shexp\.weight/,
  },
  'llama.cpp': {
    ...ALIKE,
    attn_v: /attn_(?:v|qkv|kv_b)\.weight/,
    attn_k: /attn_k\.weight/,
    attn_q: /attn_q\.weight/,
  },
};

/** Whether a tensor is of a part, by its name, as a program tells it. */
export function isOfPart(name: string, part: Part, program: Program): boolean {
  if (part === 'output' || part === 'token_embd') return false;
  return NAMES[program][part]?.test(name) ?? false;
}
