import type { FtypeOfProgram } from './ftype';
import { twoBit } from './iq';
import {
  general,
  lowBit,
  MAIN,
  OUTPUT_LOW,
  OUTPUT_MAIN,
  OUTPUT_MIDDLE,
  Q5_BESIDE_EXPERTS,
  type Mixture,
  type MixtureRule,
} from './mixture';

/** The output of `IQ2_XXS_R4` and `IQ2_XS_R4`. */
const OUTPUT_LOW_R4: readonly MixtureRule[] = [['iq4_k_r4', 'tied'], ['q5_k_r4']];

const oneBit: Mixture = lowBit({
  token_embd: [['q2_K']],
  attn_v: [['iq4_k_r4', 'experts>=4'], ['iq4_k_r4', 'gqa>=4'], ['iq3_k_r4', 'gqa>=2'], ['q2_k_r4']],
  attn_k: [['q4_k_r4', 'experts>=8']],
  first_ffn: [['iq3_k_r4', 'experts>=8']],
  attn_q: [['q4_k_r4', 'experts>=8']],
  attn_qkv: [['iq2_k_r4']],
  shexp: [['iq4_k_r4']],
  ffn_down: [['q2_k_r4', 'first 1/8']],
  attn_output: [['q5_k_r4', 'experts>=4'], ['iq2_k_r4']],
});

const fourBit: Mixture = general({
  attn_v: [['iq5_k', 'gqa>=2']],
  attn_output: [Q5_BESIDE_EXPERTS],
  ffn_down: [['q5_K', 'no imatrix', 'first 1/8']],
});

/** Types of ik_llama.cpp in which the rows of several are interleaved. */
export const interleavedFtypes: readonly FtypeOfProgram[] = [
  { name: 'Q4_0_4_4', id: 33, mainType: 'q4_0_4x4', mixture: general({}) },
  { name: 'Q4_0_4_8', id: 34, mainType: 'q4_0_4x8', mixture: general({}) },
  { name: 'Q4_0_8_8', id: 35, mainType: 'q4_0_8x8', mixture: general({}) },
  {
    name: 'Q4_0_R8',
    id: 202,
    mainType: 'q4_0_r8',
    mixture: general({ ffn_down: [['iq4_nl_r4', 'imatrix', 'first 1/8']] }),
  },
  { name: 'Q5_0_R4', id: 208, mainType: 'q5_0_r4', mixture: general({}) },
  { name: 'Q6_0_R4', id: 335, mainType: 'q6_0_r4', mixture: general({}) },
  { name: 'Q8_0_R8', id: 207, mainType: 'q8_0_r8', mixture: general({ output: OUTPUT_MAIN }) },
  { name: 'Q8_K_R8', id: 399, mainType: 'q8_k_r8', mixture: general({ output: OUTPUT_MAIN }) },
  { name: 'Q8_KV_R8', id: 398, mainType: 'q8_KV_r8', mixture: general({ output: OUTPUT_MAIN }) },
  { name: 'MXFP4_R8', id: 351, mainType: 'mxfp4_r8', mixture: general({}) },
  {
    name: 'Q2_K_R4',
    id: 210,
    mainType: 'q2_k_r4',
    mixture: general({
      attn_v: [['q4_k_r4', 'gqa>=4']],
      attn_output: [Q5_BESIDE_EXPERTS],
      ffn_down: [['q4_k_r4', 'first 1/8']],
    }),
  },
  {
    name: 'Q3_K_R4',
    id: 211,
    mainType: 'q3_k_r4',
    mixture: general({ attn_v: [['q4_k_r4', 'gqa>=4']], attn_output: [Q5_BESIDE_EXPERTS] }),
  },
  {
    name: 'Q4_K_R4',
    id: 214,
    mainType: 'q4_k_r4',
    mixture: general({
      attn_v: [['q5_K', 'first 4']],
      attn_output: [Q5_BESIDE_EXPERTS],
      ffn_down: [
        [MAIN, 'falcon'],
        ['q5_K', 'first 1/8'],
      ],
    }),
  },
  { name: 'Q5_K_R4', id: 216, mainType: 'q5_k_r4', mixture: general({}) },
  { name: 'Q6_K_R4', id: 218, mainType: 'q6_k_r4', mixture: general({ output: OUTPUT_MAIN }) },
  { name: 'IQ1_S_R4', id: 224, mainType: 'iq1_s_r4', mixture: oneBit },
  { name: 'IQ1_M_R4', id: 231, mainType: 'iq1_m_r4', mixture: oneBit },
  {
    name: 'IQ2_XXS_R4',
    id: 219,
    mainType: 'iq2_xxs_r4',
    mixture: twoBit('q2_K', 'iq2_k', { output: OUTPUT_LOW_R4, token_embd: [['q2_K']] }),
  },
  {
    name: 'IQ2_XS_R4',
    id: 220,
    mainType: 'iq2_xs_r4',
    mixture: twoBit('q2_K', 'iq2_k', { output: OUTPUT_LOW_R4, token_embd: [['q2_K']] }),
  },
  {
    name: 'IQ2_M_R4',
    id: 229,
    mainType: 'iq2_s_r4',
    mixture: twoBit('iq3_s', 'iq3_xxs', { token_embd: [['iq3_s']], attn_output: [['iq3_s']] }),
  },
  {
    name: 'IQ3_XXS_R4',
    id: 223,
    mainType: 'iq3_xxs_r4',
    mixture: general({
      output: OUTPUT_LOW,
      token_embd: [['iq3_k']],
      attn_v: [
        ['q4_k_r4', 'gqa>=4'],
        ['iq3_k_r4', 'gqa>=2'],
        ['iq3_k_r4', 'no imatrix'],
      ],
      attn_k: [['iq2_s']],
      attn_q: [['iq2_s']],
      attn_output: [Q5_BESIDE_EXPERTS, ['iq3_k_r4']],
      ffn_down: [
        ['q4_k_r4', 'no imatrix', 'first 1/8'],
        ['iq3_k_r4', 'no imatrix'],
      ],
    }),
  },
  {
    name: 'IQ3_S_R4',
    id: 226,
    mainType: 'iq3_s_r4',
    mixture: general({
      output: OUTPUT_MIDDLE,
      attn_v: [['iq4_k_r4', 'gqa>=2']],
      attn_output: [Q5_BESIDE_EXPERTS],
    }),
  },
  { name: 'IQ4_NL_R4', id: 225, mainType: 'iq4_nl_r4', mixture: fourBit },
  { name: 'IQ4_XS_R8', id: 230, mainType: 'iq4_xs_r8', mixture: fourBit },
  {
    name: 'IQ2_K_R4',
    id: 338,
    mainType: 'iq2_k_r4',
    mixture: general({
      output: OUTPUT_LOW,
      attn_v: [['iq4_k_r4', 'gqa>=2'], ['iq3_k_r4']],
      attn_output: [Q5_BESIDE_EXPERTS, ['iq3_k_r4']],
    }),
  },
  {
    name: 'IQ3_K_R4',
    id: 339,
    mainType: 'iq3_k_r4',
    mixture: general({
      output: OUTPUT_LOW,
      attn_v: [['iq4_k_r4', 'gqa>=2']],
      attn_output: [Q5_BESIDE_EXPERTS],
    }),
  },
  {
    name: 'IQ4_K_R4',
    id: 340,
    mainType: 'iq4_k_r4',
    mixture: general({ attn_v: [['iq5_k', 'gqa>=2']], attn_output: [Q5_BESIDE_EXPERTS] }),
  },
  { name: 'IQ5_K_R4', id: 341, mainType: 'iq5_k_r4', mixture: general({}) },
  {
    name: 'IQ4_KS_R4',
    id: 345,
    mainType: 'iq4_ks_r4',
    mixture: general({
      output: OUTPUT_MIDDLE,
      attn_v: [['iq5_k_r4', 'gqa>=2']],
      attn_output: [Q5_BESIDE_EXPERTS],
      ffn_down: [['q5_k_r4', 'no imatrix', 'first 1/8']],
    }),
  },
  {
    name: 'IQ5_KS_R4',
    id: 350,
    mainType: 'iq5_ks_r4',
    mixture: general({ attn_output: [Q5_BESIDE_EXPERTS] }),
  },
  { name: 'IQ2_BN_R4', id: 337, mainType: 'iq2_bn_r4', mixture: general({ token_embd: [['iq4_nl']] }) },
];
