// Made by tools/generate-registry.mjs from the files of src/formats. Do not edit: add a file there and run it again.
import type { FormatDefinition } from './format';
import bf16 from './formats/bf16';
import bf16_r16 from './formats/bf16_r16';
import f16 from './formats/f16';
import f32 from './formats/f32';
import i2_s from './formats/i2_s';
import iq1_bn from './formats/iq1_bn';
import iq1_kt from './formats/iq1_kt';
import iq1_m from './formats/iq1_m';
import iq1_m_r4 from './formats/iq1_m_r4';
import iq1_s from './formats/iq1_s';
import iq1_s_r4 from './formats/iq1_s_r4';
import iq2_bn from './formats/iq2_bn';
import iq2_bn_r4 from './formats/iq2_bn_r4';
import iq2_k from './formats/iq2_k';
import iq2_k_r4 from './formats/iq2_k_r4';
import iq2_kl from './formats/iq2_kl';
import iq2_ks from './formats/iq2_ks';
import iq2_kt from './formats/iq2_kt';
import iq2_s from './formats/iq2_s';
import iq2_s_r4 from './formats/iq2_s_r4';
import iq2_xs from './formats/iq2_xs';
import iq2_xs_r4 from './formats/iq2_xs_r4';
import iq2_xxs from './formats/iq2_xxs';
import iq2_xxs_r4 from './formats/iq2_xxs_r4';
import iq3_k from './formats/iq3_k';
import iq3_k_r4 from './formats/iq3_k_r4';
import iq3_ks from './formats/iq3_ks';
import iq3_kt from './formats/iq3_kt';
import iq3_s from './formats/iq3_s';
import iq3_s_r4 from './formats/iq3_s_r4';
import iq3_xxs from './formats/iq3_xxs';
import iq3_xxs_r4 from './formats/iq3_xxs_r4';
import iq4_k from './formats/iq4_k';
import iq4_k_r4 from './formats/iq4_k_r4';
import iq4_ks from './formats/iq4_ks';
import iq4_ks_r4 from './formats/iq4_ks_r4';
import iq4_kss from './formats/iq4_kss';
import iq4_kt from './formats/iq4_kt';
import iq4_nl from './formats/iq4_nl';
import iq4_nl_r4 from './formats/iq4_nl_r4';
import iq4_xs from './formats/iq4_xs';
import iq4_xs_r8 from './formats/iq4_xs_r8';
import iq5_k from './formats/iq5_k';
import iq5_k_r4 from './formats/iq5_k_r4';
import iq5_ks from './formats/iq5_ks';
import iq5_ks_r4 from './formats/iq5_ks_r4';
import iq6_k from './formats/iq6_k';
import mxfp4 from './formats/mxfp4';
import mxfp4_r8 from './formats/mxfp4_r8';
import nvfp4 from './formats/nvfp4';
import pq2_0 from './formats/pq2_0';
import ptq1_0 from './formats/ptq1_0';
import q1_0 from './formats/q1_0';
import q2_0 from './formats/q2_0';
import q2_K from './formats/q2_K';
import q2_k_r4 from './formats/q2_k_r4';
import q3_K from './formats/q3_K';
import q3_k_r4 from './formats/q3_k_r4';
import q4_0 from './formats/q4_0';
import q4_0_4x4 from './formats/q4_0_4x4';
import q4_0_4x8 from './formats/q4_0_4x8';
import q4_0_8x8 from './formats/q4_0_8x8';
import q4_0_r8 from './formats/q4_0_r8';
import q4_1 from './formats/q4_1';
import q4_K from './formats/q4_K';
import q4_k_r4 from './formats/q4_k_r4';
import q5_0 from './formats/q5_0';
import q5_0_r4 from './formats/q5_0_r4';
import q5_1 from './formats/q5_1';
import q5_K from './formats/q5_K';
import q5_k_r4 from './formats/q5_k_r4';
import q6_0 from './formats/q6_0';
import q6_0_r4 from './formats/q6_0_r4';
import q6_K from './formats/q6_K';
import q6_k_r4 from './formats/q6_k_r4';
import q8_0 from './formats/q8_0';
import q8_0_r8 from './formats/q8_0_r8';
import q8_1 from './formats/q8_1';
import q8_K from './formats/q8_K';
import q8_KV from './formats/q8_KV';
import q8_KV_r8 from './formats/q8_KV_r8';
import q8_k_r16 from './formats/q8_k_r16';
import q8_k_r8 from './formats/q8_k_r8';
import tq1_0 from './formats/tq1_0';
import tq2_0 from './formats/tq2_0';

/** Names of the formats that can be read, as ggml writes them. */
export type FormatName =
  | 'bf16'
  | 'bf16_r16'
  | 'f16'
  | 'f32'
  | 'i2_s'
  | 'iq1_bn'
  | 'iq1_kt'
  | 'iq1_m'
  | 'iq1_m_r4'
  | 'iq1_s'
  | 'iq1_s_r4'
  | 'iq2_bn'
  | 'iq2_bn_r4'
  | 'iq2_k'
  | 'iq2_k_r4'
  | 'iq2_kl'
  | 'iq2_ks'
  | 'iq2_kt'
  | 'iq2_s'
  | 'iq2_s_r4'
  | 'iq2_xs'
  | 'iq2_xs_r4'
  | 'iq2_xxs'
  | 'iq2_xxs_r4'
  | 'iq3_k'
  | 'iq3_k_r4'
  | 'iq3_ks'
  | 'iq3_kt'
  | 'iq3_s'
  | 'iq3_s_r4'
  | 'iq3_xxs'
  | 'iq3_xxs_r4'
  | 'iq4_k'
  | 'iq4_k_r4'
  | 'iq4_ks'
  | 'iq4_ks_r4'
  | 'iq4_kss'
  | 'iq4_kt'
  | 'iq4_nl'
  | 'iq4_nl_r4'
  | 'iq4_xs'
  | 'iq4_xs_r8'
  | 'iq5_k'
  | 'iq5_k_r4'
  | 'iq5_ks'
  | 'iq5_ks_r4'
  | 'iq6_k'
  | 'mxfp4'
  | 'mxfp4_r8'
  | 'nvfp4'
  | 'pq2_0'
  | 'ptq1_0'
  | 'q1_0'
  | 'q2_0'
  | 'q2_K'
  | 'q2_k_r4'
  | 'q3_K'
  | 'q3_k_r4'
  | 'q4_0'
  | 'q4_0_4x4'
  | 'q4_0_4x8'
  | 'q4_0_8x8'
  | 'q4_0_r8'
  | 'q4_1'
  | 'q4_K'
  | 'q4_k_r4'
  | 'q5_0'
  | 'q5_0_r4'
  | 'q5_1'
  | 'q5_K'
  | 'q5_k_r4'
  | 'q6_0'
  | 'q6_0_r4'
  | 'q6_K'
  | 'q6_k_r4'
  | 'q8_0'
  | 'q8_0_r8'
  | 'q8_1'
  | 'q8_K'
  | 'q8_KV'
  | 'q8_KV_r8'
  | 'q8_k_r16'
  | 'q8_k_r8'
  | 'tq1_0'
  | 'tq2_0';

/** Every format, by name. */
export const formats: { readonly [Name in FormatName]: FormatDefinition<Name> } = {
  bf16,
  bf16_r16,
  f16,
  f32,
  i2_s,
  iq1_bn,
  iq1_kt,
  iq1_m,
  iq1_m_r4,
  iq1_s,
  iq1_s_r4,
  iq2_bn,
  iq2_bn_r4,
  iq2_k,
  iq2_k_r4,
  iq2_kl,
  iq2_ks,
  iq2_kt,
  iq2_s,
  iq2_s_r4,
  iq2_xs,
  iq2_xs_r4,
  iq2_xxs,
  iq2_xxs_r4,
  iq3_k,
  iq3_k_r4,
  iq3_ks,
  iq3_kt,
  iq3_s,
  iq3_s_r4,
  iq3_xxs,
  iq3_xxs_r4,
  iq4_k,
  iq4_k_r4,
  iq4_ks,
  iq4_ks_r4,
  iq4_kss,
  iq4_kt,
  iq4_nl,
  iq4_nl_r4,
  iq4_xs,
  iq4_xs_r8,
  iq5_k,
  iq5_k_r4,
  iq5_ks,
  iq5_ks_r4,
  iq6_k,
  mxfp4,
  mxfp4_r8,
  nvfp4,
  pq2_0,
  ptq1_0,
  q1_0,
  q2_0,
  q2_K,
  q2_k_r4,
  q3_K,
  q3_k_r4,
  q4_0,
  q4_0_4x4,
  q4_0_4x8,
  q4_0_8x8,
  q4_0_r8,
  q4_1,
  q4_K,
  q4_k_r4,
  q5_0,
  q5_0_r4,
  q5_1,
  q5_K,
  q5_k_r4,
  q6_0,
  q6_0_r4,
  q6_K,
  q6_k_r4,
  q8_0,
  q8_0_r8,
  q8_1,
  q8_K,
  q8_KV,
  q8_KV_r8,
  q8_k_r16,
  q8_k_r8,
  tq1_0,
  tq2_0,
};
