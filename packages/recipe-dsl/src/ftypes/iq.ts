import type { TypeName } from '../type-facts';
import type { FtypeOfProgram } from './ftype';
import { general, lowBit, OUTPUT_LOW, OUTPUT_MIDDLE, Q5_BESIDE_EXPERTS, type Mixture } from './mixture';

/** The mixture of two bits and a half and less. `careful` is the type of the first eighth of `ffn_down` and of the least `attn_v`. */
export function twoBit(careful: TypeName, fused: TypeName, own: Mixture): Mixture {
  return lowBit({
    attn_v: [
      ['iq4_k', 'gqa>=4'],
      ['iq4_k', 'experts>=4'],
      ['iq3_k', 'gqa>=2'],
      ['iq3_k', 'experts>=2'],
      [careful],
    ],
    attn_k: [['q4_K', 'experts>=8']],
    attn_q: [['q4_K', 'experts>=8']],
    attn_qkv: [[fused]],
    ffn_down: [[careful, 'first 1/8 counted']],
    ...own,
    attn_output: [Q5_BESIDE_EXPERTS, ...(own.attn_output ?? [])],
  });
}

/** The four bits of the codebook types: what `attn_v` and `ffn_down` get. */
const fourBit = (own: Mixture): Mixture =>
  general({
    attn_v: [['iq5_k', 'gqa>=2']],
    attn_output: [Q5_BESIDE_EXPERTS],
    ffn_down: [['q5_K', 'no imatrix', 'first 1/8']],
    ...own,
  });

/** Types that look groups of weights up in codebooks. */
export const iqFtypes: readonly FtypeOfProgram[] = [
  {
    name: 'IQ1_S',
    id: 24,
    mainType: 'iq1_s',
    mixture: twoBit('q2_K', 'iq2_k', { token_embd: [['q2_K']], attn_output: [['iq2_k']] }),
  },
  {
    name: 'IQ1_M',
    id: 31,
    mainType: 'iq1_m',
    mixture: twoBit('q2_K', 'iq2_k', { token_embd: [['q2_K']], attn_output: [['iq2_k']] }),
  },
  {
    name: 'IQ2_XXS',
    id: 19,
    mainType: 'iq2_xxs',
    mixture: twoBit('q2_K', 'iq2_k', { token_embd: [['q2_K']] }),
  },
  {
    name: 'IQ2_XS',
    id: 20,
    mainType: 'iq2_xs',
    mixture: twoBit('q2_K', 'iq2_k', { token_embd: [['q2_K']] }),
  },
  {
    name: 'IQ2_S',
    id: 28,
    mainType: 'iq2_xs',
    mixture: twoBit('iq3_s', 'iq3_xxs', { token_embd: [['iq3_s']], attn_output: [['iq3_s']] }),
  },
  {
    name: 'IQ2_M',
    id: 29,
    mainType: 'iq2_s',
    mixture: twoBit('iq3_s', 'iq3_xxs', { token_embd: [['iq3_s']], attn_output: [['iq3_s']] }),
  },
  {
    name: 'IQ3_XXS',
    id: 23,
    mainType: 'iq3_xxs',
    mixture: general({
      output: OUTPUT_LOW,
      token_embd: [['iq3_s']],
      attn_v: [
        ['q4_K', 'gqa>=4'],
        ['iq3_k', 'gqa>=2'],
        ['iq3_s', 'no imatrix'],
      ],
      attn_k: [['iq2_s']],
      attn_q: [['iq2_s']],
      attn_output: [Q5_BESIDE_EXPERTS, ['iq3_s']],
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
      attn_v: [['iq4_k', 'gqa>=2']],
      attn_k: [['iq3_xxs']],
      attn_q: [['iq3_xxs']],
      attn_output: [Q5_BESIDE_EXPERTS],
      ffn_gate: [['iq3_xxs', 'middle 6/8']],
      ffn_up: [['iq3_xxs', 'middle 6/8']],
    }),
  },
  {
    name: 'IQ3_S',
    id: 26,
    mainType: 'iq3_s',
    mixture: general({
      output: OUTPUT_MIDDLE,
      attn_v: [['iq4_k', 'gqa>=2']],
      attn_output: [Q5_BESIDE_EXPERTS],
    }),
  },
  {
    name: 'IQ3_M',
    id: 27,
    mainType: 'iq3_s',
    mixture: general({
      output: OUTPUT_MIDDLE,
      attn_v: [['iq5_k', 'gqa>=2'], ['iq4_k']],
      attn_output: [Q5_BESIDE_EXPERTS, ['iq4_k']],
      ffn_down: [
        ['iq4_k', 'first 1/8'],
        ['iq4_k', 'experts>=4', 'more bits'],
      ],
    }),
  },
  { name: 'IQ4_NL', id: 25, mainType: 'iq4_nl', mixture: fourBit({}) },
  { name: 'IQ4_XS', id: 30, mainType: 'iq4_xs', mixture: fourBit({ output: OUTPUT_MIDDLE }) },
];
