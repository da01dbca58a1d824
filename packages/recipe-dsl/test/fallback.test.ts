import type { FormatName } from '@halftone/quant-formats';
import { describe, expect, it } from 'vitest';
import { formatForRow } from '../src/plan/fallback';

/** `change_type_if_necessary` of the peer, for the formats that we have. */
const peer: [wanted: FormatName, instead: FormatName][] = [
  ['iq4_kss', 'iq4_nl'],
  ['iq4_ks', 'iq4_nl'],
  ['iq4_k', 'q5_0'],
  ['q6_K', 'q8_0'],
  ['iq6_k', 'q8_0'],
];

describe('formatForRow', () => {
  it.each(peer)('%s is used for rows of 256, %s for other rows of 32', (wanted, instead) => {
    expect(formatForRow(wanted, 256)).toBe(wanted);
    expect(formatForRow(wanted, 5120)).toBe(wanted);
    expect(formatForRow(wanted, 288)).toBe(instead);
    expect(formatForRow(wanted, 32)).toBe(instead);
  });

  it.each(['iq4_nl', 'q5_0', 'q6_0', 'q8_0'] as const)(
    '%s is used for rows of 32, f16 for others',
    (wanted) => {
      expect(formatForRow(wanted, 96)).toBe(wanted);
      expect(formatForRow(wanted, 48)).toBe('f16');
    },
  );

  it('takes f16 where not even 32 divides the row', () => {
    expect(peer.map(([wanted]) => formatForRow(wanted, 250))).toEqual(peer.map(() => 'f16'));
  });

  it.each(['f32', 'f16', 'bf16'] as const)('%s is used for any row', (wanted) => {
    expect(formatForRow(wanted, 7)).toBe(wanted);
  });
});
