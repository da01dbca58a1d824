export type FormatName =
  'bf16' | 'f16' | 'f32' | 'iq4_k' | 'iq4_ks' | 'iq4_kss' | 'iq4_nl' | 'iq6_k' | 'q5_0' | 'q6_0' | 'q6_K' | 'q8_0';
