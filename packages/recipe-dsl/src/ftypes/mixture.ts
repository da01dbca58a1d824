import type { TypeName } from '../type-facts';

/** Stands for the type of most tensors, where it should be said that nothing below in the list counts. */
export const MAIN = 'main';

/**
 * The parts of a model that mixtures tell apart. A tensor is tried for each part in this order.
 *
 * `first_ffn`: the feed-forward of layer 0; `shexp`: experts that see every token; `other`: every tensor.
 */
export const PARTS = [
  'output',
  'token_embd',
  'attn_v',
  'attn_k',
  'first_ffn',
  'attn_q',
  'attn_qkv',
  'shexp',
  'ffn_down',
  'attn_output',
  'ffn_gate',
  'ffn_up',
  'other',
] as const;

/** A part of a model. */
export type Part = (typeof PARTS)[number];

/**
 * What a rule of a mixture may depend on.
 *
 * - `experts>=4`: that many experts; `gqa>=4`: that many query heads share a key-value head
 * - `70B`, `large vocabulary`: see `model-kind.ts`; `falcon`, `dflash-draft`, `bailingmoe3`: that architecture
 * - `tied`: the token embedding is the output matrix too; `odd rows`: rows that are no multiple of 256
 * - `imatrix`, `no imatrix`: whether there is an importance matrix
 * - `one matrix`: the tensor holds no experts side by side
 * - `first 4`, `first 1/8`, `middle 6/8`: by the layer; `more bits`: the first and the last eighth, and every third between them
 * - `first 1/8 counted`: as `first 1/8`, but tensors are counted where others read the layer from the name
 */
export type Condition =
  | `experts>=${2 | 4 | 8}`
  | 'experts<4'
  | 'experts=8'
  | `gqa>=${2 | 4}`
  | '70B'
  | 'large vocabulary'
  | 'falcon'
  | 'dflash-draft'
  | 'bailingmoe3'
  | 'tied'
  | 'odd rows'
  | 'one matrix'
  | 'imatrix'
  | 'no imatrix'
  | `first ${2 | 4}`
  | 'first 1/16'
  | 'first 1/8'
  | 'first 1/8 counted'
  | 'middle 6/8'
  | 'more bits';

/** A type, and what must all hold for it. */
export type MixtureRule = readonly [type: TypeName | typeof MAIN, ...when: Condition[]];

/** For each part the rules in order: the first whose conditions hold decides. Where none does, the main type. */
export type Mixture = Readonly<Partial<Record<Part, readonly MixtureRule[]>>>;

/** Every mixture: the output matrix is small and does great harm when it is wrong. */
const EVERY_OUTPUT: readonly MixtureRule[] = [
  ['q8_0', 'falcon'],
  ['q8_0', 'odd rows'],
];

/** Mixtures of more than two bits and a half: beside four or more experts, attention is small. */
const SMALL_ATTENTION: MixtureRule = ['q8_0', 'experts>=4'];

/** What `general` makes an exception of. */
interface Exceptions {
  /** `attn_v` of a model known as 70B; the main type if not told. */
  readonly valueAt70B?: TypeName;
  /** `attn_output` of Falcon; the main type if not told. */
  readonly outputAtFalcon?: TypeName;
}

/** A mixture with what most have in common. */
export function general(own: Mixture, { valueAt70B, outputAtFalcon }: Exceptions = {}): Mixture {
  return {
    ...own,
    output: [...EVERY_OUTPUT, ...(own.output ?? OUTPUT_Q6)],
    attn_v: [SMALL_ATTENTION, [valueAt70B ?? MAIN, '70B'], ...(own.attn_v ?? [])],
    attn_k: [SMALL_ATTENTION, ...(own.attn_k ?? [])],
    attn_output: [[outputAtFalcon ?? MAIN, 'falcon'], ...(own.attn_output ?? [])],
  };
}

/** A mixture of two bits and a half and less: it has nothing in common with the others but the output. */
export function lowBit(own: Mixture): Mixture {
  return { ...own, output: [...EVERY_OUTPUT, ...(own.output ?? OUTPUT_LOW)] };
}

/** `output` where nothing else is told. */
const OUTPUT_Q6: readonly MixtureRule[] = [['q6_K']];
/** `output` of the main type. */
export const OUTPUT_MAIN: readonly MixtureRule[] = [[MAIN]];
/** `output` of the mixtures of three bits and less. */
export const OUTPUT_LOW: readonly MixtureRule[] = [['iq4_k', 'tied'], ['q5_K']];
/** `output` of some mixtures of three and four bits. */
export const OUTPUT_MIDDLE: readonly MixtureRule[] = [['iq5_k', 'tied'], ['q6_K']];

/** `attn_output` beside four or more experts. */
export const Q5_BESIDE_EXPERTS: MixtureRule = ['q5_K', 'experts>=4'];
