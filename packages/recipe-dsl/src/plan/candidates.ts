import type { SourceTensor } from '../types';

/** [part of the name, why such tensors are kept]; from the loop over the tensors in `src/llama-quantize.cpp` of ik_llama.cpp. */
const KEPT_BY_PART_OF_NAME: readonly (readonly [part: string, why: string])[] = [
  ['_norm.weight', 'a norm'],
  ['ssm_conv1d', 'a small matrix of a state-space layer'],
  ['ssm_x.weight', 'a small matrix of a state-space layer'],
  ['ssm_dt.weight', 'a small matrix of a state-space layer'],
  ['attn_rel_b.weight', 'a relative position bias'],
];

const KEPT_BY_NAME: ReadonlyMap<string, string> = new Map([
  ['position_embd.weight', 'a table of positions'],
  ['token_types.weight', 'a table of token types'],
]);

const ROUTER = 'ffn_gate_inp.weight';

/** Why a tensor is never quantized, whatever the recipe says; `undefined` for one that is. @param quantizesRouters - as an option asks for */
export function whyNeverQuantized(
  { name, dimensions }: SourceTensor,
  quantizesRouters = false,
): string | undefined {
  if (!name.endsWith('weight')) return 'not a weight';
  if (name.includes(ROUTER) && !quantizesRouters) return 'a router of experts';
  const named = KEPT_BY_NAME.get(name) ?? KEPT_BY_PART_OF_NAME.find(([part]) => name.includes(part))?.[1];
  if (named !== undefined) return named;
  // Trailing dimensions of length 1 do not count: a matrix of one row is a vector.
  return dimensions.findLastIndex((length) => length !== 1) < 1 ? 'a vector' : undefined;
}
