import { formats, type FormatFamily, type FormatName, type ImportanceUse } from '@halftone/quant-formats';

/** What a plan must know of a type: how long its rows are, what it needs, whether it can be written. */
export interface TypeFacts {
  /** ggml's type id, as stored in the tensor table of a GGUF file. */
  readonly id: number;
  readonly family: FormatFamily;
  /** Weights in a block. The row length must be a multiple of it. */
  readonly blockLength: number;
  readonly bytesPerBlock: number;
  readonly rowPrefixBytes: number;
  readonly importance: ImportanceUse;
  /** Set where the rows of several are woven into one another: how many, and the type of those left over. */
  readonly interleaved?: { readonly rows: number; readonly parent: TypeName };
}

/** [id, rows that are woven into one another, type of a single row]; `interleaved_properties` in `src/llama-quantize.cpp` of ik_llama.cpp. */
const INTERLEAVED_TYPES = {
  q4_0_4x4: [31, 4, 'q4_0'],
  q4_0_4x8: [32, 4, 'q4_0'],
  q4_0_8x8: [33, 8, 'q4_0'],
  q4_0_r8: [202, 8, 'q4_0'],
  q5_0_r4: [206, 4, 'q5_0'],
  q8_0_r8: [208, 8, 'q8_0'],
  q2_k_r4: [210, 4, 'q2_K'],
  q3_k_r4: [211, 4, 'q3_K'],
  q4_k_r4: [212, 4, 'q4_K'],
  q5_k_r4: [213, 4, 'q5_K'],
  q6_k_r4: [214, 4, 'q6_K'],
  iq2_xxs_r4: [216, 4, 'iq2_xxs'],
  iq2_xs_r4: [217, 4, 'iq2_xs'],
  iq3_xxs_r4: [218, 4, 'iq3_xxs'],
  iq1_s_r4: [219, 4, 'iq1_s'],
  iq4_nl_r4: [220, 4, 'iq4_nl'],
  iq3_s_r4: [221, 4, 'iq3_s'],
  iq2_s_r4: [222, 4, 'iq2_s'],
  iq4_xs_r8: [223, 8, 'iq4_xs'],
  iq1_m_r4: [229, 4, 'iq1_m'],
  bf16_r16: [230, 16, 'bf16'],
  q6_0_r4: [233, 4, 'q6_0'],
  iq2_bn_r4: [335, 4, 'iq2_bn'],
  iq2_k_r4: [337, 4, 'iq2_k'],
  iq3_k_r4: [338, 4, 'iq3_k'],
  iq4_k_r4: [339, 4, 'iq4_k'],
  iq5_k_r4: [340, 4, 'iq5_k'],
  iq4_ks_r4: [344, 4, 'iq4_ks'],
  iq5_ks_r4: [352, 4, 'iq5_ks'],
  mxfp4_r8: [353, 8, 'mxfp4'],
  q8_KV_r8: [398, 8, 'q8_KV'],
  q8_k_r8: [399, 8, 'q8_0'],
} as const satisfies Record<string, readonly [number, number, FormatName]>;

/** Interleaved types whose rows are stored otherwise than those of the type for rows left over. */
const OWN_LAYOUTS: Partial<
  Record<InterleavedTypeName, Pick<TypeFacts, 'blockLength' | 'bytesPerBlock' | 'rowPrefixBytes'>>
> = {
  iq1_s_r4: { blockLength: 32, bytesPerBlock: 6, rowPrefixBytes: 2 },
  iq1_m_r4: { blockLength: 32, bytesPerBlock: 7, rowPrefixBytes: 2 },
  q8_KV_r8: { blockLength: 32, bytesPerBlock: 32, rowPrefixBytes: 4 },
  q8_k_r8: { blockLength: 256, bytesPerBlock: 258, rowPrefixBytes: 0 },
};

type InterleavedTypeName = keyof typeof INTERLEAVED_TYPES;

/** ggml's name of a type that a plan can name. It may be one that this version cannot write. */
export type TypeName = FormatName | InterleavedTypeName;

/** What is known of a type. */
export function typeFacts(type: TypeName): TypeFacts {
  return facts[type];
}

const facts: Readonly<Record<TypeName, TypeFacts>> = {
  ...formats,
  ...interleavedFacts(),
};

/** Names of all types that a plan can name, in the order of ggml's type ids. */
export const typeNames: readonly TypeName[] = (Object.keys(facts) as TypeName[]).sort(
  (a, b) => facts[a].id - facts[b].id,
);

/** Whether a word is the name of a type, case included. */
export function isTypeName(word: string): word is TypeName {
  return Object.hasOwn(facts, word);
}

/** Bytes of a row of that many weights, which must be a multiple of the type's block. */
export function bytesOfRow(type: TypeName, columns: number): number {
  const { rowPrefixBytes, blockLength, bytesPerBlock } = facts[type];
  return rowPrefixBytes + (columns / blockLength) * bytesPerBlock;
}

/** Bits that a type spends on a weight, the prefix of the row left out. */
export function bitsPerWeightOf(type: TypeName): number {
  const { blockLength, bytesPerBlock } = facts[type];
  return (8 * bytesPerBlock) / blockLength;
}

function interleavedFacts(): Record<InterleavedTypeName, TypeFacts> {
  const entries = Object.entries(INTERLEAVED_TYPES).map(([name, [id, rows, parent]]) => {
    const { family, importance, ...layout }: TypeFacts = formats[parent];
    const { blockLength, bytesPerBlock, rowPrefixBytes } = OWN_LAYOUTS[name as InterleavedTypeName] ?? layout;
    return [
      name,
      { id, family, importance, blockLength, bytesPerBlock, rowPrefixBytes, interleaved: { rows, parent } },
    ];
  });
  return Object.fromEntries(entries) as ReturnType<typeof interleavedFacts>;
}
