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
    expect(typeForRow(wanted, 256)).toBe(wanted);
    expect(typeForRow(wanted, 5120)).toBe(wanted);
    expect(typeForRow(wanted, 288)).toBe(instead);
    expect(typeForRow(wanted, 32)).toBe(instead);
  });

  it.each(['iq4_nl', 'q5_0', 'q6_0', 'q8_0'] as const)(
    '%s is used for rows of 32, f16 for others',
    (wanted) => {
      expect(typeForRow(wanted, 96)).toBe(wanted);
      expect(typeForRow(wanted, 48)).toBe('f16');
    },
  );

  it('takes f16 where not even 32 divides the row', () => {
    expect(replacements.map(([wanted]) => typeForRow(wanted, 250))).toEqual(replacements.map(() => 'f16'));
  });

  it.each(['f32', 'f16', 'bf16'] as const)('%s is used for any row', (wanted) => {
    expect(typeForRow(wanted, 7)).toBe(wanted);
  });
});
