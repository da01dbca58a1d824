import { describe, expect, it } from 'vitest';
import { quantizeWords, UsageError } from '../src/quantize-words';

const isFtype = (word: string): boolean => ['IQ4_KSS', 'Q8_0'].includes(word.toUpperCase());

describe('the words of halftone quantize', () => {
  it.each([
    [['out.gguf', 'IQ4_KSS', '24'], { output: 'out.gguf', ftype: 'IQ4_KSS', threads: 24 }],
    [['out.gguf', 'IQ4_KSS'], { output: 'out.gguf', ftype: 'IQ4_KSS', threads: undefined }],
    [['iq4_kss', '2'], { output: 'models/ggml-model-IQ4_KSS.gguf', ftype: 'iq4_kss', threads: 2 }],
    [['Q8_0'], { output: 'models/ggml-model-Q8_0.gguf', ftype: 'Q8_0', threads: undefined }],
    [['out.gguf', 'Q8_0', '0'], { output: 'out.gguf', ftype: 'Q8_0', threads: undefined }],
    [['out.gguf', 'Q8_0', '-1'], { output: 'out.gguf', ftype: 'Q8_0', threads: undefined }],
    // An output whose name starts with a digit is no type, though the peer takes it for one.
    [['7b.gguf', 'Q8_0'], { output: '7b.gguf', ftype: 'Q8_0', threads: undefined }],
  ])('%j', (words, expected) => {
    expect(quantizeWords('models/in.gguf', words, isFtype)).toEqual(expected);
  });

  it.each([[['out.gguf']], [['Q8_0', 'two']], [['out.gguf', 'Q8_0', '2.5']], [['Q8_0', '2', 'more']]])(
    '%j makes no sense',
    (words) => {
      expect(() => quantizeWords('in.gguf', words, isFtype)).toThrow(UsageError);
    },
  );
});
