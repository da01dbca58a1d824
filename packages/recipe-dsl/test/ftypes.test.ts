import { describe, expect, it } from 'vitest';
import {
  findFtype,
  ftypes,
  looksLikeFtype,
  parseFtype,
  PROGRAMS,
  typeFacts,
  type TypeName,
} from '../src/index';

describe('parseFtype', () => {
  it.each([
    ['IQ4_KSS', 148, 'iq4_kss'],
    ['iq4_kss', 148, 'iq4_kss'],
    [' Q6_k ', 18, 'q6_K'],
    ['148', 148, 'iq4_kss'],
    ['0', 0, 'f32'],
    ['32', 32, 'bf16'],
    ['Q4_K', 15, 'q4_K'],
    ['q4_k_m', 15, 'q4_K'],
    ['IQ2_S', 28, 'iq2_xs'],
    ['38', 38, 'mxfp4'],
  ])('%s', (text, id, mainType) => {
    expect(parseFtype(text)).toMatchObject({ id, mainType });
  });

  it('COPY has neither a number nor a main format', () => {
    expect(parseFtype('copy')).toEqual({ name: 'COPY', program: 'ik_llama.cpp', mixture: {} });
  });

  it.each([
    ['IQ4KSS', 'Did you mean IQ4_KSS?'],
    ['Q4_K_X', 'Did you mean Q4_K_S or Q4_K_M?'],
    ['NVFP4', 'Did you mean MXFP4?'],
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

  it.each([
    ['IQ3_S', 'q4_K'],
    ['Q4_K', 'q6_K'],
    ['30', 'q5_K'],
  ])('%s of llama.cpp has %s among its values', (text, type) => {
    const { program, mixture } = parseFtype(text, 'llama.cpp');
    expect(program).toBe('llama.cpp');
    expect(mixture.attn_v?.map(([one]) => one)).toContain(type);
  });

  it('38 is MXFP4 to one program and MXFP4_MOE to the other', () => {
    expect(parseFtype('38', 'ik_llama.cpp').name).toBe('MXFP4');
    expect(parseFtype('38', 'llama.cpp').name).toBe('MXFP4_MOE');
  });

  it('takes what one program alone knows from it', () => {
    expect(parseFtype('TQ1_0').program).toBe('llama.cpp');
    expect(parseFtype('IQ4_KSS').program).toBe('ik_llama.cpp');
    expect(() => parseFtype('IQ4_KSS', 'llama.cpp')).toThrow(
      expect.objectContaining({
        code: 'unknown-ftype',
        facts: expect.objectContaining({
          advice: 'Take one of the allowed file types, or the mixture of ik_llama.cpp, which has this one.',
        }) as unknown,
      }),
    );
  });

  it('says what to do with the name of a type of tensors', () => {
    expect(() => parseFtype('pq2_0')).toThrow("--custom-q '.*=pq2_0' give it to all that are quantized");
  });

  it('names all there are', () => {
    expect(() => parseFtype('out.gguf')).toThrow(
      'no file type has this name or number (found "out.gguf", allowed COPY, F32, F16, BF16, ',
    );
  });
});

describe('findFtype', () => {
  it('knows every name, in any case, and no number', () => {
    for (const ftype of ftypes) {
      expect(findFtype(ftype.name, ftype.program)).toBe(ftype);
      expect(findFtype(ftype.name.toLowerCase(), ftype.program)).toBe(ftype);
      expect(findFtype(String(ftype.id), ftype.program)).toBeUndefined();
    }
    expect(findFtype('Q4_K_L')).toBeUndefined();
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
  it.each(PROGRAMS)('of %s have names and ids of their own', (program) => {
    const own = ftypes.filter((ftype) => ftype.program === program);
    expect(new Set(own.map(({ name }) => name)).size).toBe(own.length);
    expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
  });

  it('of both programs have the same number and main type under one name', () => {
    const shared = ftypes.filter(({ name }) => PROGRAMS.every((program) => findFtype(name, program)));
    expect(shared).toHaveLength(2 * 31);
    for (const { name, id, mainType } of shared) {
      expect(findFtype(name)).toEqual(
        expect.objectContaining(id === undefined ? { name } : { id, mainType }),
      );
    }
  });

  it('of llama.cpp name no type that it does not know', () => {
    const known = /^(?:f32|f16|bf16|q[12458]_[01]|q[2-6]_K|iq[1-4]_(?:xxs|xs|s|m|nl)|tq[12]_0|mxfp4)$/;
    for (const { mixture, mainType = 'f32' } of ftypes.filter(({ program }) => program === 'llama.cpp')) {
      const types = Object.values(mixture).flatMap((rules) => rules.map(([type]) => type));
      for (const type of [mainType, ...types]) expect(type === 'main' ? 'f32' : type).toMatch(known);
    }
  });

  it('spell their main type, but for some that llama.cpp made of others', () => {
    const firsts = ftypes.filter((ftype) => findFtype(ftype.name) === ftype);
    const others = firsts.filter(({ name, mainType }) => mainType?.toUpperCase() !== name);
    expect(others.map(({ name, mainType }) => `${name} ${mainType ?? ''}`)).toEqual([
      'COPY ',
      'Q2_K_S q2_K',
      'Q3_K_S q3_K',
      'Q3_K_M q3_K',
      'Q3_K_L q3_K',
      'Q4_K_S q4_K',
      'Q4_K_M q4_K',
      'Q5_K_S q5_K',
      'Q5_K_M q5_K',
      'IQ2_S iq2_xs',
      'IQ2_M iq2_s',
      'IQ3_XS iq3_s',
      'IQ3_M iq3_s',
      'IQ3_KL iq3_k',
      'Q4_0_4_4 q4_0_4x4',
      'Q4_0_4_8 q4_0_4x8',
      'Q4_0_8_8 q4_0_8x8',
      'IQ2_M_R4 iq2_s_r4',
      'MXFP4_MOE mxfp4',
    ]);
  });

  it.each(ftypes)(
    '$name of $program gives values of attention no fewer bits than the rest',
    ({ mainType = 'f32', mixture }) => {
      const bits = (type: TypeName): number =>
        (8 * typeFacts(type).bytesPerBlock) / typeFacts(type).blockLength;
      for (const [type] of mixture.attn_v ?? []) {
        if (type !== 'main') expect(bits(type)).toBeGreaterThanOrEqual(Math.min(bits(mainType), 8));
      }
    },
  );
});
