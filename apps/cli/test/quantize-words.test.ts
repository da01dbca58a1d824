import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quantizeWords, UsageError } from '../src/quantize-words';

const unnamed = join('models', 'ggml-model-IQ4_KSS.gguf');

describe('the words of halftone quantize', () => {
  it.each([
    [['out.gguf', 'IQ4_KSS', '24'], 'out.gguf', 'IQ4_KSS', 24],
    [['out.gguf', 'IQ4_KSS'], 'out.gguf', 'IQ4_KSS', undefined],
    [['out.gguf', '148'], 'out.gguf', 'IQ4_KSS', undefined],
    [['iq4_kss', '2'], unnamed, 'IQ4_KSS', 2],
    [['IQ4_KSS'], unnamed, 'IQ4_KSS', undefined],
    [['148'], unnamed, 'IQ4_KSS', undefined],
    [['out.gguf', 'Q8_0', '0'], 'out.gguf', 'Q8_0', undefined],
    [['out.gguf', 'Q8_0', '-1'], 'out.gguf', 'Q8_0', undefined],
    // An output whose name starts with a digit is no type, though llama-quantize takes it for one.
    [['7b.gguf', 'Q8_0'], '7b.gguf', 'Q8_0', undefined],
    [['7', 'Q8_0'], '7', 'Q8_0', undefined],
  ])('%j', (words, output, ftype, threads) => {
    expect(quantizeWords(join('models', 'in.gguf'), words)).toMatchObject({
      output,
      ftype: { name: ftype },
      threads,
    });
  });

  it('take FTYPE from the mixture that is asked for', () => {
    expect(quantizeWords('in.gguf', ['IQ4_XS']).ftype.program).toBe('ik_llama.cpp');
    expect(quantizeWords('in.gguf', ['IQ4_XS'], 'llama.cpp').ftype.program).toBe('llama.cpp');
    expect(quantizeWords('in.gguf', ['out.gguf', '38'], 'llama.cpp').ftype.name).toBe('MXFP4_MOE');
    expect(() => quantizeWords('in.gguf', ['out.gguf', 'IQ4_KS'], 'llama.cpp')).toThrow(
      'llama.cpp has no file type of this name or number',
    );
  });

  it.each([
    [['out.gguf']],
    [['Q8_0', 'two']],
    [['out.gguf', 'Q8_0', '2.5']],
    [['Q8_0', '2', 'more']],
    [['Q8_0', '1025']],
  ])('%j makes no sense', (words) => {
    expect(() => quantizeWords('in.gguf', words)).toThrow(UsageError);
  });

  it.each([[['Q4_K_X', '8']], [['Q4_K_X']], [['IQ3_XXT', '1']], [['out.gguf', 'Q9_0']]])(
    '%j names no type, and never a file',
    (words) => {
      expect(() => quantizeWords('in.gguf', words)).toThrow(
        expect.objectContaining({ code: 'unknown-ftype' }),
      );
    },
  );
});
