import { formats, isFormatName } from '@halftone/quant-formats';
import { describe, expect, it } from 'vitest';
import { findFtype, ftypes, looksLikeFtype, parseFtype } from '../src/index';

describe('parseFtype', () => {
  it.each([
    ['IQ4_KSS', 148, 'iq4_kss'],
    ['iq4_kss', 148, 'iq4_kss'],
    [' Q6_k ', 18, 'q6_K'],
    ['148', 148, 'iq4_kss'],
    ['0', 0, 'f32'],
    ['32', 32, 'bf16'],
  ])('%s', (text, id, mainFormat) => {
    expect(parseFtype(text)).toMatchObject({ id, mainFormat });
  });

  it('COPY has neither a number nor a main format', () => {
    expect(parseFtype('copy')).toEqual({ name: 'COPY', mixture: {} });
  });

  it.each([
    ['IQ4KSS', 'Did you mean IQ4_KSS?'],
    ['Q4_K_M', 'Take one of the allowed file types.'],
    ['7b', 'Take one of the allowed file types.'],
    ['', 'Take one of the allowed file types.'],
    ['undefined', 'Take one of the allowed file types.'],
    ['-1', 'Take one of the allowed file types.'],
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
      'this version cannot write Q4_K_M yet (found "Q4_K_M", allowed COPY, F32, F16, BF16, Q8_0,',
    );
    expect(() => parseFtype('out.gguf')).toThrow('no file type has this name or number (found "out.gguf", ');
  });
});

describe('findFtype', () => {
  it('knows every name, in any case, and no number', () => {
    for (const ftype of ftypes) {
      expect(findFtype(ftype.name)).toBe(ftype);
      expect(findFtype(ftype.name.toLowerCase())).toBe(ftype);
      expect(findFtype(String(ftype.id))).toBeUndefined();
    }
    expect(findFtype('Q4_K_M')).toBeUndefined();
  });
});

describe('looksLikeFtype', () => {
  it.each([
    ...ftypes.map(({ name }) => name).filter((name) => name !== 'COPY'),
    'IQ3_XXS_R4',
    'q4_k_m',
    'TQ1_0',
    'MXFP4',
  ])('%s does', (word) => {
    expect(looksLikeFtype(word)).toBe(true);
  });

  it.each(['', 'Q', 'q4.gguf', 'Q4/out', 'Q4-out', 'model', '24', 'qwen3', 'F16_of_a_long_name_of_a_file'])(
    '%j does not',
    (word) => {
      expect(looksLikeFtype(word)).toBe(false);
    },
  );
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
