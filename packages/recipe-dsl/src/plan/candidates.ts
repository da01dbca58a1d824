import type { Program } from '../ftypes/program';
import type { SourceTensor } from '../types';

const STATE_SPACE = 'a small matrix of a state-space layer';
const GEMMA_3N = 'a small matrix of Gemma 3n';
const RWKV = 'a small matrix of RWKV';
const IMAGES = 'of an encoder of images';
const SOUNDS = 'a codebook of sounds';

/** [part of the name, why such tensors are kept]. */
type Kept = readonly (readonly [part: string, why: string])[];

/** What both programs keep. */
const KEPT_BY_BOTH: Kept = [
  ['_norm.weight', 'a norm'],
  ['ssm_conv1d', STATE_SPACE],
  ['attn_rel_b.weight', 'a relative position bias'],
];

/** From the loop over the tensors in `src/llama-quantize.cpp` of ik_llama.cpp, and `tensor_allows_quantization` in `src/llama-quant.cpp` of llama.cpp. */
const KEPT_BY_PART_OF_NAME: Readonly<Record<Program, Kept>> = {
  'ik_llama.cpp': [...KEPT_BY_BOTH, ['ssm_x.weight', STATE_SPACE], ['ssm_dt.weight', STATE_SPACE]],
  'llama.cpp': [
    ...KEPT_BY_BOTH,
    ['shortconv.conv.weight', STATE_SPACE],
    ['ffn_gate_tid2eid.weight', 'a table of experts'],
    ['indexer.k_proj.weight', 'a small matrix of an indexer'],
    ['indexer.q_proj.weight', 'a small matrix of an indexer'],
    ['altup', GEMMA_3N],
    ['laurel', GEMMA_3N],
    ['per_layer_model_proj', GEMMA_3N],
    ...[
      'first',
      'w0',
      'w1',
      'w2',
      'v0',
      'v1',
      'v2',
      'a0',
      'a1',
      'a2',
      'g1',
      'g2',
      'decay_w1',
      'decay_w2',
      'lerp_fused',
    ].map((part) => [`time_mix_${part}.weight`, RWKV] as const),
    ...[
      '.position_embd',
      'sam.pos_embd',
      'sam.neck.',
      'sam.net_',
      '.rel_pos',
      '.patch_embd',
      '.patch_merger',
    ].map((part) => [part, IMAGES] as const),
    ['a.rvq.codebook', SOUNDS],
    ['mm.a.code_embd', SOUNDS],
  ],
};

const KEPT_BY_NAME: ReadonlyMap<string, string> = new Map([
  ['position_embd.weight', 'a table of positions'],
  ['token_types.weight', 'a table of token types'],
]);

const ROUTER = 'ffn_gate_inp.weight';

/**
 * Why a tensor is never quantized, whatever the recipe says; `undefined` for one that is.
 *
 * @param program - the program whose mixtures are followed
 * @param quantizesRouters - as an option asks for
 */
export function whyNeverQuantized(
  { name, dimensions }: SourceTensor,
  program: Program,
  quantizesRouters = false,
): string | undefined {
  if (!name.endsWith('weight')) return 'not a weight';
  if (name.includes(ROUTER) && !quantizesRouters) return 'a router of experts';
  const named =
    KEPT_BY_NAME.get(name) ?? KEPT_BY_PART_OF_NAME[program].find(([part]) => name.includes(part))?.[1];
  if (named !== undefined) return named;
  // Trailing dimensions of length 1 do not count: a matrix of one row is a vector.
  return dimensions.findLastIndex((length) => length !== 1) < 1 ? 'a vector' : undefined;
}
