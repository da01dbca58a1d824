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
  {
    ...{ name: 'q8_0_x4', id: 97, blockLength: 32, bytesPerBlock: 34, rowPrefixBytes: 0 },
    holds: 'f16 scales of four blocks, then their codes',
  },
  {
    ...{ name: 'q8_1_x4', id: 98, blockLength: 32, bytesPerBlock: 36, rowPrefixBytes: 0 },
    holds: 'f16 scales and sums of four blocks, then their codes',
  },
  {
    ...{ name: 'q8_2_x4', id: 99, blockLength: 32, bytesPerBlock: 36, rowPrefixBytes: 0 },
    holds: 'bf16 scales and i16 sums of four blocks, then their codes',
  },
  {
    ...{ name: 'q8_K64', id: 136, blockLength: 64, bytesPerBlock: 68, rowPrefixBytes: 0 },
    holds: 'f32 scale, codes',
  },
  {
    ...{ name: 'q8_K16', id: 147, blockLength: 64, bytesPerBlock: 64, rowPrefixBytes: 20 },
    holds: 'codes; scales stand before the row',
  },
  {
    ...{ name: 'q8_K32', id: 148, blockLength: 256, bytesPerBlock: 296, rowPrefixBytes: 0 },
    holds: 'as q8_K, sums of 32 codes',
  },
  {
    ...{ name: 'q8_KR8', id: 149, blockLength: 256, bytesPerBlock: 296, rowPrefixBytes: 0 },
    holds: 'as q8_K, for rows that are woven',
  },
  {
    ...{ name: 'q8_K128', id: 150, blockLength: 128, bytesPerBlock: 140, rowPrefixBytes: 0 },
    holds: 'f32 scale, i16 sums of 32 codes, codes',
  },
];

/** The type of activations with ggml's type id `id`, if it is one. */
export function activationTypeById(id: number): ActivationType | undefined {
  return activationTypes.find((type) => type.id === id);
}
