import type { FtypeOfProgram } from './ftype';
import { general, MAIN, Q5_BESIDE_EXPERTS } from './mixture';

/** Types with blocks of 256, of scales and minima. */
export const kFtypes: readonly FtypeOfProgram[] = [
  {
    name: 'Q2_K',
    id: 10,
    mainType: 'q2_K',
    mixture: general({
      attn_v: [['q4_K', 'gqa>=4'], ['q3_K']],
      attn_output: [Q5_BESIDE_EXPERTS, ['q3_K']],
      ffn_down: [['q3_K']],
    }),
  },
  {
    name: 'Q2_K_S',
    id: 21,
    mainType: 'q2_K',
    mixture: general({ attn_v: [['q4_K', 'gqa>=4']], ffn_down: [['q4_K', 'first 1/8']] }),
  },
  {
    name: 'Q3_K_S',
    id: 11,
    mainType: 'q3_K',
    mixture: general(
      { attn_v: [['q4_K', 'gqa>=4']], attn_output: [Q5_BESIDE_EXPERTS] },
      { valueAt70B: 'q5_K' },
    ),
  },
  {
    name: 'Q3_K_M',
    id: 12,
    mainType: 'q3_K',
    mixture: general(
      {
        attn_v: [['q5_K', 'first 2'], ['q4_K']],
        attn_output: [Q5_BESIDE_EXPERTS, ['q4_K']],
        ffn_down: [['q5_K', 'first 1/16'], ['q4_K', 'falcon', 'more bits'], [MAIN, 'falcon'], ['q4_K']],
      },
      { valueAt70B: 'q5_K' },
    ),
  },
  {
    name: 'Q3_K_L',
    id: 13,
    mainType: 'q3_K',
    mixture: general(
      {
        attn_v: [['q5_K']],
        attn_output: [['q5_K', 'experts<4']],
        ffn_down: [['q4_K', 'falcon'], ['q5_K']],
      },
      { valueAt70B: 'q5_K', outputAtFalcon: 'q4_K' },
    ),
  },
  {
    name: 'Q4_K_S',
    id: 14,
    mainType: 'q4_K',
    mixture: general(
      {
        attn_v: [
          ['q5_K', 'first 4'],
          ['q5_K', 'gqa>=4'],
        ],
        attn_output: [Q5_BESIDE_EXPERTS],
        ffn_down: [
          [MAIN, 'falcon'],
          ['q5_K', 'first 1/8'],
        ],
      },
      { valueAt70B: 'q5_K' },
    ),
  },
  {
    name: 'Q4_K_M',
    id: 15,
    mainType: 'q4_K',
    mixture: general(
      {
        attn_v: [
          ['q6_K', 'more bits'],
          [MAIN, 'dflash-draft'],
          ['q5_K', 'gqa>=4'],
        ],
        attn_output: [Q5_BESIDE_EXPERTS],
        ffn_down: [
          ['q6_K', 'falcon', 'first 1/16'],
          ['q5_K', 'falcon', 'more bits'],
          [MAIN, 'falcon'],
          ['q6_K', 'more bits'],
        ],
      },
      { valueAt70B: 'q5_K' },
    ),
  },
  {
    name: 'Q5_K_S',
    id: 16,
    mainType: 'q5_K',
    mixture: general({ attn_v: [['q6_K', 'large vocabulary']], attn_q: [['q4_K', 'large vocabulary']] }),
  },
  {
    name: 'Q5_K_M',
    id: 17,
    mainType: 'q5_K',
    mixture: general({
      attn_v: [
        ['q6_K', 'more bits'],
        [MAIN, 'dflash-draft'],
        ['q6_K', 'gqa>=4'],
      ],
      ffn_down: [['q6_K', 'more bits']],
    }),
  },
  { name: 'Q6_K', id: 18, mainType: 'q6_K', mixture: general({}) },
];
