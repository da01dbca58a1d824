/**
 * A type that exists in ggml's enumeration for what kernels make of activations while they run. No file of weights has it, so there is
 * nothing to decode or encode: only its place and its size are told.
 */
export interface ActivationType {
  /** ggml's name of the type. */
  readonly name: string;
  /** ggml's type id. */
  readonly id: number;
  readonly blockLength: number;
  readonly bytesPerBlock: number;
  readonly rowPrefixBytes: number;
  /** What a block holds. */
  readonly holds: string;
}

/**
 * The types of activations that ik_llama.cpp has besides `q8_1` and `q8_K`, by id (`type_traits` in ggml.c, the blocks of ggml-common.h).
 * `_x4`: the fields of four blocks stand together, scales first.
 */
export const activationTypes: readonly ActivationType[] = [
  ofActivations('q8_0_x4', 97, [32, 34, 0], 'f16 scales of four blocks, then their codes'),
  ofActivations('q8_1_x4', 98, [32, 36, 0], 'f16 scales and sums of four blocks, then their codes'),
  ofActivations('q8_2_x4', 99, [32, 36, 0], 'bf16 scales and i16 sums of four blocks, then their codes'),
  ofActivations('q8_K64', 136, [64, 68, 0], 'f32 scale, codes'),
  ofActivations('q8_K16', 147, [64, 64, 20], 'codes; scales stand before the row'),
  ofActivations('q8_K32', 148, [256, 296, 0], 'as q8_K, sums of 32 codes'),
  ofActivations('q8_KR8', 149, [256, 296, 0], 'as q8_K, for rows that are interleaved'),
  ofActivations('q8_K128', 150, [128, 140, 0], 'f32 scale, i16 sums of 32 codes, codes'),
];

function ofActivations(
  name: string,
  id: number,
  [blockLength, bytesPerBlock, rowPrefixBytes]: readonly [number, number, number],
  holds: string,
): ActivationType {
  return { name, id, blockLength, bytesPerBlock, rowPrefixBytes, holds };
}

/** The type of activations with ggml's type id `id`, if it is one. */
export function activationTypeById(id: number): ActivationType | undefined {
  return activationTypes.find((type) => type.id === id);
}
