import type { FtypeOfProgram } from './ftype';
import { twoBit } from './iq';
import {
  general,
  lowBit,
  OUTPUT_LOW,
  OUTPUT_MAIN,
  OUTPUT_MIDDLE,
  Q5_BESIDE_EXPERTS,
  type Mixture,
} from './mixture';

const fourBit: Mixture = general({
  output: OUTPUT_MIDDLE,
  attn_v: [['iq5_k', 'gqa>=2']],
  attn_output: [Q5_BESIDE_EXPERTS],
  ffn_down: [['q5_K', 'no imatrix', 'first 1/8']],
});

/** Types of ik_llama.cpp with tables of values that no line goes through. */
export const iqkFtypes: readonly FtypeOfProgram[] = [
  { name: 'IQ2_KS', id: 147, mainType: 'iq2_ks', mixture: twoBit('q2_K', 'iq2_k', {}) },
  {
    name: 'IQ2_K',
    id: 138,
    mainType: 'iq2_k',
    mixture: general({
      output: OUTPUT_LOW,
      attn_v: [['iq4_k', 'gqa>=2'], ['iq3_k']],
      attn_output: [Q5_BESIDE_EXPERTS, ['iq3_k']],
    }),
  },
  {
    name: 'IQ2_KL',
    id: 155,
    mainType: 'iq2_kl',
    mixture: general({
      output: OUTPUT_LOW,
      attn_v: [['iq4_ks', 'gqa>=2']],
      attn_output: [['iq4_ks', 'experts>=4']],
    }),
  },
  {
    name: 'IQ3_KS',
    id: 154,
    mainType: 'iq3_ks',
    mixture: general({
      output: OUTPUT_LOW,
      attn_v: [['iq4_ks', 'gqa>=2']],
      attn_output: [Q5_BESIDE_EXPERTS],
    }),
  },
  {
    name: 'IQ3_K',
    id: 139,
    mainType: 'iq3_k',
    mixture: general(
      { output: OUTPUT_LOW, attn_v: [['iq4_k', 'gqa>=2']], attn_output: [Q5_BESIDE_EXPERTS] },
      { valueAt70B: 'iq5_k' },
    ),
  },
  {
    name: 'IQ3_KL',
    id: 146,
    mainType: 'iq3_k',
    mixture: general(
      {
        output: OUTPUT_MIDDLE,
        attn_v: [['iq5_k', 'gqa>=2'], ['iq4_k']],
        attn_output: [Q5_BESIDE_EXPERTS, ['iq4_ks']],
        ffn_down: [['iq4_ks', 'more bits']],
        ffn_gate: [['iq4_ks', 'more bits']],
        ffn_up: [['iq4_ks', 'more bits']],
      },
      { valueAt70B: 'iq5_k' },
    ),
  },
  { name: 'IQ4_KSS', id: 148, mainType: 'iq4_kss', mixture: fourBit },
  { name: 'IQ4_KS', id: 145, mainType: 'iq4_ks', mixture: fourBit },
  {
    name: 'IQ4_K',
    id: 140,
    mainType: 'iq4_k',
    mixture: general({ attn_v: [['iq5_k', 'gqa>=2']], attn_output: [Q5_BESIDE_EXPERTS] }),
  },
  {
    name: 'IQ5_KS',
    id: 150,
    mainType: 'iq5_ks',
    mixture: general({
      attn_v: [['iq6_k', 'large vocabulary']],
      attn_q: [['iq4_ks', 'large vocabulary']],
      attn_output: [Q5_BESIDE_EXPERTS],
    }),
  },
  {
    name: 'IQ5_K',
    id: 141,
    mainType: 'iq5_k',
    mixture: general({
      attn_v: [['iq6_k', 'large vocabulary']],
      attn_q: [['iq4_k', 'large vocabulary']],
    }),
  },
  { name: 'IQ6_K', id: 142, mainType: 'iq6_k', mixture: general({ output: OUTPUT_MAIN }) },
];

/** Trellis types of ik_llama.cpp. */
export const ktFtypes: readonly FtypeOfProgram[] = [
  { name: 'IQ1_KT', id: 156, mainType: 'iq1_kt', mixture: general({ output: OUTPUT_LOW }) },
  {
    name: 'IQ2_KT',
    id: 151,
    mainType: 'iq2_kt',
    mixture: lowBit({
      attn_v: [['iq4_k', 'experts>=4'], ['iq4_k', 'gqa>=4'], ['iq3_k', 'gqa>=2'], ['q2_K']],
      attn_k: [['q4_K', 'experts>=8']],
      first_ffn: [['iq3_k', 'experts>=8']],
      attn_q: [['q4_K', 'experts>=8']],
      attn_qkv: [['iq3_k']],
      shexp: [['iq4_k']],
      ffn_down: [['iq3_k', 'first 1/8']],
      attn_output: [Q5_BESIDE_EXPERTS, ['iq3_k']],
    }),
  },
  {
    name: 'IQ3_KT',
    id: 152,
    mainType: 'iq3_kt',
    mixture: general({
      output: OUTPUT_LOW,
      token_embd: [['iq3_s']],
      attn_v: [['iq4_k', 'gqa>=4'], ['iq3_k']],
      attn_output: [Q5_BESIDE_EXPERTS, ['iq3_k', 'gqa>=4']],
      ffn_down: [
        ['iq4_k', 'no imatrix', 'first 1/8'],
        ['iq3_k', 'no imatrix'],
      ],
    }),
  },
  {
    name: 'IQ4_KT',
    id: 153,
    mainType: 'iq4_kt',
    mixture: general({ attn_v: [['iq5_k', 'gqa>=4'], ['iq4_k']] }),
  },
];
