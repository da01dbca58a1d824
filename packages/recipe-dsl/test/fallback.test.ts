import type { FormatName } from '@halftone/quant-formats';
import { describe, expect, it } from 'vitest';
import type { TypeName } from '../src/index';
import { typeForRow } from '../src/plan/fallback';

/** `change_type_if_necessary` of ik_llama.cpp, for the types that recipes and defaults can ask for. */
const replacements: [wanted: TypeName, instead: FormatName][] = [
  ['iq1_s', 'iq4_nl'],
  ['iq2_xxs', 'iq4_nl'],
  ['iq2_ks', 'iq4_nl'],
  ['q2_k_r4', 'iq4_nl'],
  ['iq2_kl', 'iq4_nl'],
  ['iq3_kt', 'iq4_nl'],
  ['q3_K', 'iq4_nl'],
  ['iq4_xs_r8', 'iq4_nl'],
  ['iq4_kss', 'iq4_nl'],
  ['iq4_ks', 'iq4_nl'],
  ['iq4_k', 'q5_0'],
  ['q4_K', 'q5_0'],
  ['iq4_k_r4', 'q5_0'],
  ['iq5_ks', 'q5_0'],
  ['q5_K', 'q6_0'],
  ['iq5_k', 'q6_0'],
  ['q8_k_r8', 'q8_0'],
  ['q6_K', 'q8_0'],
  ['iq6_k', 'q8_0'],
];

describe('typeForRow', () => {
  it.each(replacements)('%s is used for rows of 256, %s for other rows of 32', (wanted, instead) => {
    expect(typeForRow(wanted, 256, 'ik_llama.cpp')).toBe(wanted);
    expect(typeForRow(wanted, 5120, 'ik_llama.cpp')).toBe(wanted);
    expect(typeForRow(wanted, 288, 'ik_llama.cpp')).toBe(instead);
    expect(typeForRow(wanted, 32, 'ik_llama.cpp')).toBe(instead);
  });

  it.each(['iq4_nl', 'q5_0', 'q6_0', 'q8_0'] as const)(
    '%s is used for rows of 32, f16 for others',
    (wanted) => {
      expect(typeForRow(wanted, 96, 'ik_llama.cpp')).toBe(wanted);
      expect(typeForRow(wanted, 48, 'ik_llama.cpp')).toBe('f16');
    },
  );

  it('takes f16 where not even 32 divides the row', () => {
    expect(replacements.map(([wanted]) => typeForRow(wanted, 250, 'ik_llama.cpp'))).toEqual(
      replacements.map(() => 'f16'),
    );
  });

  it.each(['f32', 'f16', 'bf16'] as const)('%s is used for any row', (wanted) => {
    expect(typeForRow(wanted, 7, 'ik_llama.cpp')).toBe(wanted);
  });
});

/** `tensor_type_fallback` of llama.cpp. */
const replacementsOfLlama: [wanted: TypeName, instead: FormatName][] = [
  ['iq1_s', 'iq4_nl'],
  ['iq1_m', 'iq4_nl'],
  ['iq2_xxs', 'iq4_nl'],
  ['iq2_xs', 'iq4_nl'],
  ['iq2_s', 'iq4_nl'],
  ['iq3_xxs', 'iq4_nl'],
  ['iq3_s', 'iq4_nl'],
  ['iq4_xs', 'iq4_nl'],
  ['q2_0', 'q4_0'],
  ['q2_K', 'q4_0'],
  ['q3_K', 'q4_0'],
  ['tq1_0', 'q4_0'],
  ['tq2_0', 'q4_0'],
  ['q4_K', 'q5_0'],
  ['q5_K', 'q5_1'],
  ['q6_K', 'q8_0'],
];

describe('typeForRow, as llama.cpp does it', () => {
  it.each(replacementsOfLlama)('%s is used for rows of 256, %s for other rows of 32', (wanted, instead) => {
    expect(typeForRow(wanted, 256, 'llama.cpp')).toBe(wanted);
    expect(typeForRow(wanted, 288, 'llama.cpp')).toBe(instead);
    expect(typeForRow(wanted, 250, 'llama.cpp')).toBe('f16');
  });

  it.each<[TypeName, FormatName]>([
    ['q1_0', 'iq4_nl'],
    ['nvfp4', 'q5_0'],
    ['iq4_k', 'q5_0'],
  ])('%s, at which it stops, becomes %s', (wanted, instead) => {
    expect(typeForRow(wanted, 288, 'llama.cpp')).toBe(instead);
  });
});
