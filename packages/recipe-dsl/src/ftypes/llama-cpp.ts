import type { TypeName } from '../type-facts';
import type { FtypeOfProgram } from './ftype';
import { MAIN, type Mixture, type MixtureRule } from './mixture';

/*
 * The mixtures of llama.cpp itself: `llama_tensor_get_type_impl` in `src/llama-quant.cpp`, commit 007dbbf3f. They differ from those of
 * ik_llama.cpp, which has the same names, in the types for attention, for experts and for tied embeddings.
 */

/** Beside eight experts attention is small. */
const SMALL_ATTENTION: MixtureRule = ['q8_0', 'experts=8'];

/** The output matrix is small and does great harm when it is wrong. */
const output = (type: TypeName | typeof MAIN): readonly MixtureRule[] => [
  ['q8_0', 'falcon'],
  ['q8_0', 'odd rows'],
  [type],
];

/** `attn_v` of a model in which four heads share one. In one of 70 billion weights, q5_K comes before q3_K and q4_K. */
const SHARED_VALUE: readonly MixtureRule[] = [
  ['q5_K', '70B', 'gqa>=4'],
  ['q4_K', 'gqa>=4'],
];

/** A mixture with what most have in common. */
const general = (own: Mixture): Mixture => ({
  ...own,
  output: own.output ?? output('q6_K'),
  attn_v: [SMALL_ATTENTION, ...(own.attn_v ?? [])],
  attn_k: [SMALL_ATTENTION, ...(own.attn_k ?? [])],
});

/** A mixture of two bits and a half and less. `careful`: the first eighth of `ffn_down`, `attn_v`; `attention`: `attn_output`. */
const lowBit = (careful: TypeName, ...attention: readonly TypeName[]): Mixture => ({
  output: output('q5_K'),
  token_embd: [[careful]],
  attn_v: [['q4_K', 'gqa>=4'], ['q4_K', 'experts>=4'], [careful]],
  attn_k: [['q4_K', 'experts=8']],
  ffn_down: [[careful, 'first 1/8 counted']],
  attn_output: [['q5_K', 'experts=8'], ...attention.map((type): MixtureRule => [type])],
});

/** `attn_output`: nothing of its own in Falcon, q5_K beside eight experts. */
const attentionOutput = (...otherwise: readonly TypeName[]): readonly MixtureRule[] => [
  [MAIN, 'falcon'],
  ['q5_K', 'experts=8'],
  ...otherwise.map((type): MixtureRule => [type]),
];

/** Experts in mxfp4, all else in q8_0. */
const expertsAlone: Mixture = {
  output: [['q8_0']],
  token_embd: [['q8_0']],
  ffn_down: [['q8_0', 'one matrix'], [MAIN]],
  ffn_gate: [['q8_0', 'one matrix'], [MAIN]],
  ffn_up: [['q8_0', 'one matrix'], [MAIN]],
  other: [
    ['q8_0', 'one matrix'],
    ['q8_0', 'bailingmoe3'],
  ],
};

const TERNARY_EMBEDDING: Mixture = general({ token_embd: [['q4_K']] });

/** What both types of four bits with tables of values get. */
const fourBitTable: Mixture = general({
  attn_v: [['q5_K', 'gqa>=4']],
  attn_output: attentionOutput(),
  ffn_down: [['q5_K', 'no imatrix', 'first 1/8']],
});

const blocksOf32: readonly FtypeOfProgram[] = [
  { name: 'Q1_0', id: 40, mainType: 'q1_0', mixture: general({}) },
  { name: 'Q2_0', id: 41, mainType: 'q2_0', mixture: TERNARY_EMBEDDING },
  {
    name: 'Q4_0',
    id: 2,
    mainType: 'q4_0',
    mixture: general({ ffn_down: [['q4_1', 'imatrix', 'first 1/8']] }),
  },
  { name: 'Q4_1', id: 3, mainType: 'q4_1', mixture: general({}) },
  { name: 'MXFP4_MOE', id: 38, mainType: 'mxfp4', mixture: expertsAlone },
  {
    name: 'Q5_0',
    id: 8,
    mainType: 'q5_0',
    mixture: general({ ffn_down: [['q5_1', 'imatrix', 'first 1/8']] }),
  },
  { name: 'Q5_1', id: 9, mainType: 'q5_1', mixture: general({}) },
  { name: 'Q8_0', id: 7, mainType: 'q8_0', mixture: general({ output: output(MAIN) }) },
];

const k: readonly FtypeOfProgram[] = [
  {
    name: 'Q2_K',
    id: 10,
    mainType: 'q2_K',
    mixture: general({
      attn_v: [['q5_K', '70B'], ['q4_K', 'gqa>=4'], ['q3_K']],
      attn_output: attentionOutput('q3_K'),
      ffn_down: [['q3_K']],
    }),
  },
  {
    name: 'Q2_K_S',
    id: 21,
    mainType: 'q2_K',
    mixture: general({ attn_v: SHARED_VALUE, ffn_down: [['q4_K', 'first 1/8']] }),
  },
  {
    name: 'Q3_K_S',
    id: 11,
    mainType: 'q3_K',
    mixture: general({ attn_v: [['q5_K', '70B']], attn_output: attentionOutput() }),
  },
  {
    name: 'Q3_K_M',
    id: 12,
    mainType: 'q3_K',
    mixture: general({
      attn_v: [['q5_K', '70B'], ['q5_K', 'first 2'], ['q4_K']],
      attn_output: attentionOutput('q4_K'),
      ffn_down: [['q5_K', 'first 1/16'], ['q4_K', 'falcon', 'more bits'], [MAIN, 'falcon'], ['q4_K']],
    }),
  },
  {
    name: 'Q3_K_L',
    id: 13,
    mainType: 'q3_K',
    mixture: general({
      attn_v: [['q5_K']],
      attn_output: [['q4_K', 'falcon'], [MAIN, 'experts=8'], ['q5_K']],
      ffn_down: [['q4_K', 'falcon'], ['q5_K']],
    }),
  },
  {
    name: 'Q4_K_S',
    id: 14,
    mainType: 'q4_K',
    mixture: general({
      attn_v: [
        ['q5_K', '70B'],
        ['q5_K', 'first 4'],
      ],
      attn_output: attentionOutput(),
      ffn_down: [
        [MAIN, 'falcon'],
        ['q5_K', 'first 1/8'],
      ],
    }),
  },
  {
    name: 'Q4_K_M',
    id: 15,
    mainType: 'q4_K',
    mixture: general({
      attn_v: [
        ['q6_K', 'more bits'],
        ['q5_K', '70B'],
      ],
      attn_output: attentionOutput(),
      ffn_down: [
        ['q6_K', 'falcon', 'first 1/16'],
        ['q5_K', 'falcon', 'more bits'],
        [MAIN, 'falcon'],
        ['q6_K', 'more bits'],
      ],
    }),
  },
  { name: 'Q5_K_S', id: 16, mainType: 'q5_K', mixture: general({}) },
  {
    name: 'Q5_K_M',
    id: 17,
    mainType: 'q5_K',
    mixture: general({ attn_v: [['q6_K', 'more bits']], ffn_down: [['q6_K', 'more bits']] }),
  },
  { name: 'Q6_K', id: 18, mainType: 'q6_K', mixture: general({}) },
];

const iq: readonly FtypeOfProgram[] = [
  { name: 'IQ1_S', id: 24, mainType: 'iq1_s', mixture: lowBit('q2_K', 'iq2_xxs') },
  { name: 'IQ1_M', id: 31, mainType: 'iq1_m', mixture: lowBit('q2_K', 'iq2_xxs') },
  { name: 'IQ2_XXS', id: 19, mainType: 'iq2_xxs', mixture: lowBit('q2_K') },
  { name: 'IQ2_XS', id: 20, mainType: 'iq2_xs', mixture: lowBit('q2_K') },
  { name: 'IQ2_S', id: 28, mainType: 'iq2_xs', mixture: lowBit('iq3_s', 'iq3_s') },
  { name: 'IQ2_M', id: 29, mainType: 'iq2_s', mixture: lowBit('iq3_s', 'iq3_s') },
  {
    name: 'IQ3_XXS',
    id: 23,
    mainType: 'iq3_xxs',
    mixture: general({
      output: output('q5_K'),
      token_embd: [['iq3_s']],
      attn_v: [...SHARED_VALUE, ['iq3_s', 'no imatrix']],
      attn_k: [['iq2_s']],
      attn_q: [['iq2_s']],
      attn_output: attentionOutput('iq3_s'),
      ffn_down: [
        ['q4_K', 'no imatrix', 'first 1/8'],
        ['q3_K', 'no imatrix'],
      ],
    }),
  },
  {
    name: 'IQ3_XS',
    id: 22,
    mainType: 'iq3_s',
    mixture: general({
      attn_v: SHARED_VALUE,
      attn_k: [['iq3_xxs']],
      attn_q: [['iq3_xxs']],
      attn_output: attentionOutput(),
      ffn_gate: [['iq3_xxs', 'middle 6/8']],
      ffn_up: [['iq3_xxs', 'middle 6/8']],
    }),
  },
  {
    name: 'IQ3_S',
    id: 26,
    mainType: 'iq3_s',
    mixture: general({ attn_v: SHARED_VALUE, attn_output: attentionOutput() }),
  },
  {
    name: 'IQ3_M',
    id: 27,
    mainType: 'iq3_s',
    mixture: general({
      attn_v: [['q5_K', '70B'], ['q4_K']],
      attn_output: attentionOutput('q4_K'),
      ffn_down: [
        ['q4_K', 'first 1/8'],
        ['q4_K', 'experts=8', 'more bits'],
      ],
    }),
  },
  { name: 'IQ4_NL', id: 25, mainType: 'iq4_nl', mixture: fourBitTable },
  { name: 'IQ4_XS', id: 30, mainType: 'iq4_xs', mixture: fourBitTable },
];

const ternary: readonly FtypeOfProgram[] = [
  { name: 'TQ1_0', id: 36, mainType: 'tq1_0', mixture: TERNARY_EMBEDDING },
  { name: 'TQ2_0', id: 37, mainType: 'tq2_0', mixture: TERNARY_EMBEDDING },
];

/** Every quantized file type of llama.cpp. */
export const llamaCppFtypes: readonly FtypeOfProgram[] = [...blocksOf32, ...k, ...iq, ...ternary];
