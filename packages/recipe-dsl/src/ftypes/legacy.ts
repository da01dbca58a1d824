import type { Ftype } from './ftype';
import { general, mainlineTernary, OUTPUT_MAIN } from './mixture';

/** Types of whole floats: every tensor is of the main type. */
export const floatFtypes: readonly Ftype[] = [
  { name: 'COPY', mixture: {} },
  { name: 'F32', id: 0, mainType: 'f32', mixture: {} },
  { name: 'F16', id: 1, mainType: 'f16', mixture: {} },
  { name: 'BF16', id: 32, mainType: 'bf16', mixture: {} },
  { name: 'BF16_R16', id: 232, mainType: 'bf16_r16', mixture: {} },
];

/** Types with blocks of 32. */
export const legacyFtypes: readonly Ftype[] = [
  {
    name: 'Q4_0',
    id: 2,
    mainType: 'q4_0',
    mixture: general({ ffn_down: [['q4_1', 'imatrix', 'first 1/8']] }),
  },
  { name: 'Q4_1', id: 3, mainType: 'q4_1', mixture: general({}) },
  {
    name: 'Q5_0',
    id: 8,
    mainType: 'q5_0',
    mixture: general({ ffn_down: [['q5_1', 'imatrix', 'first 1/8']] }),
  },
  { name: 'Q5_1', id: 9, mainType: 'q5_1', mixture: general({}) },
  { name: 'Q6_0', id: 135, mainType: 'q6_0', mixture: general({}) },
  { name: 'Q8_0', id: 7, mainType: 'q8_0', mixture: general({ output: OUTPUT_MAIN }) },
  { name: 'Q8_KV', id: 149, mainType: 'q8_KV', mixture: general({ output: OUTPUT_MAIN }) },
  { name: 'MXFP4', id: 38, mainType: 'mxfp4', mixture: general({}) },
  {
    // Of llama.cpp: experts in mxfp4, all else in q8_0.
    name: 'MXFP4_MOE',
    id: 38,
    mainType: 'mxfp4',
    mixture: { output: [['q8_0']], token_embd: [['q8_0']], other: [['q8_0', 'one matrix']] },
  },
];

/** Types of one to two bits for models that were trained in them. Those without BN in their name are of llama.cpp, with its mixtures. */
export const ternaryFtypes: readonly Ftype[] = [
  { name: 'IQ1_BN', id: 136, mainType: 'iq1_bn', mixture: general({ token_embd: [['iq4_nl']] }) },
  { name: 'IQ2_BN', id: 137, mainType: 'iq2_bn', mixture: general({ token_embd: [['iq4_nl']] }) },
  { name: 'TQ1_0', id: 36, mainType: 'tq1_0', mixture: mainlineTernary({ token_embd: [['q4_K']] }) },
  { name: 'TQ2_0', id: 37, mainType: 'tq2_0', mixture: mainlineTernary({ token_embd: [['q4_K']] }) },
  { name: 'Q1_0', id: 40, mainType: 'q1_0', mixture: mainlineTernary({}) },
  { name: 'Q2_0', id: 41, mainType: 'q2_0', mixture: mainlineTernary({ token_embd: [['q4_K']] }) },
];
