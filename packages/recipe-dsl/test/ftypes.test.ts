import { formats, isFormatName } from '@halftone/quant-formats';
import { describe, expect, it } from 'vitest';
import { ftypes, parseFtype } from '../src/index';

describe('parseFtype', () => {
  it.each([
    ['IQ4_KSS', 148, 'iq4_kss'],
    ['iq4_kss', 148, 'iq4_kss'],
    [' Q6_k ', 18, 'q6_K'],
    ['148', 148, 'iq4_kss'],
    ['0', 0, 'f32'],
    ['32', 32, 'bf16'],
    ['copy', undefined, undefined],
  ])('%s', (text, id, mainFormat) => {
    expect(parseFtype(text)).toMatchObject({ id, mainFormat });
  });

  it.each([
    ['IQ4KSS', 'Did you mean IQ4_KSS?'],
    ['Q4_K_M', undefined],
    ['7b', undefined],
    ['', undefined],
    ['undefined', undefined],
    ['-1', undefined],
  ])('%s is refused', (text, advice) => {
    expect(() => parseFtype(text)).toThrow(
      expect.objectContaining({
        code: 'unknown-ftype',
        facts: expect.objectContaining({ advice }) as unknown,
      }),
    );
  });

  it('names what can be written', () => {
    expect(() => parseFtype('Q4_K_M')).toThrow(
      'no file type of this name or number can be written (found "Q4_K_M", allowed COPY, F32, F16, BF16, Q8_0,',
    );
  });
});

describe('ftypes', () => {
  it('have names and ids of their own', () => {
    expect(new Set(ftypes.map(({ name }) => name)).size).toBe(ftypes.length);
    expect(new Set(ftypes.map(({ id }) => id)).size).toBe(ftypes.length);
  });

  it.each(ftypes)('$name spells its main format', ({ name, mainFormat }) => {
    expect(mainFormat?.toUpperCase()).toBe(name === 'COPY' ? undefined : name);
  });

  it.each(ftypes.filter(({ mixture }) => Object.keys(mixture).length > 0))(
    '$name gives no part fewer bits than the rest',
    ({ mainFormat, mixture }) => {
      const bits = (type: string): number =>
        isFormatName(type) ? (8 * formats[type].bytesPerBlock) / formats[type].blockLength : Infinity;
      for (const type of Object.values(mixture) as string[])
        expect(bits(type)).toBeGreaterThan(bits(mainFormat ?? ''));
    },
  );
});
