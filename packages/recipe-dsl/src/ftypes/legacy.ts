import type { FtypeOfProgram } from './ftype';
import { general, OUTPUT_MAIN } from './mixture';

/** Types of whole floats: every tensor is of the main type. */
export const floatFtypes: readonly FtypeOfProgram[] = [
  { name: 'COPY', mixture: {} },
  { name: 'F32', id: 0, mainType: 'f32', mixture: {} },
  { name: 'F16', id: 1, mainType: 'f16', mixture: {} },
  { name: 'BF16', id: 32, mainType: 'bf16', mixture: {} },
  { name: 'BF16_R16', id: 232, mainType: 'bf16_r16', mixture: {} },
];

/** Types with blocks of 32. */
export const legacyFtypes: readonly FtypeOfProgram[] = [
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
];

/** Types of one to two bits for models that were trained in them. */
export const ternaryFtypes: readonly FtypeOfProgram[] = [
  { name: 'IQ1_BN', id: 136, mainType: 'iq1_bn', mixture: general({ token_embd: [['iq4_nl']] }) },
  { name: 'IQ2_BN', id: 137, mainType: 'iq2_bn', mixture: general({ token_embd: [['iq4_nl']] }) },
];
