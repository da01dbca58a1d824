import { parse } from '@optique/core/parser';
import { describe, expect, it } from 'vitest';
import { Sampler } from '@halftone/runtime';
import { sampling, samplingOf } from '../src/sampling-options';

/** The options of the sampler that words of the command line stand for. */
function understood(...words: readonly string[]) {
  const result = parse(sampling, words);
  if (!result.success) throw new Error(`not understood: ${JSON.stringify(result.error)}`);
  return samplingOf(result.value);
}

describe('the options of run for the sampler', () => {
  it('leave out what is not given', () => {
    expect(understood()).toEqual({});
  });

  it('throw a seed of their own for -1, as llama.cpp does', () => {
    expect(understood('-s', '-1', '--temp', '1')).toEqual({ temperature: 1 });
  });

  it('have the names of llama.cpp', () => {
    const words =
      '-s 7 --temp 0.5 --dynatemp-range 0.25 --dynatemp-exp 2 --top-k 10 --top-p 0.5 --min-p 0.125 --typical 0.75 --top-nsigma 1.5 ' +
      '--xtc-probability 0.5 --xtc-threshold 0.2 --repeat-last-n -1 --repeat-penalty 1.1 --presence-penalty -0.5 --frequency-penalty 0.25 ' +
      '--dry-multiplier 0.8 --dry-base 1.5 --dry-allowed-length 3 --dry-penalty-last-n 128 --mirostat 2 --mirostat-lr 0.2 --mirostat-ent 3 ' +
      '--dry-sequence-breaker . --dry-sequence-breaker ; --logit-bias 5+1.5 -l 6-2 -l 7-inf';
    const options = understood(...words.split(' '));
    expect(options).toEqual({
      seed: 7,
      temperature: 0.5,
      dynatempRange: 0.25,
      dynatempExponent: 2,
      topK: 10,
      topP: 0.5,
      minP: 0.125,
      typicalP: 0.75,
      topNSigma: 1.5,
      xtcProbability: 0.5,
      xtcThreshold: 0.2,
      penaltyLastN: -1,
      repeatPenalty: 1.1,
      presencePenalty: -0.5,
      frequencyPenalty: 0.25,
      dryMultiplier: 0.8,
      dryBase: 1.5,
      dryAllowedLength: 3,
      dryPenaltyLastN: 128,
      mirostat: 2,
      mirostatEta: 0.2,
      mirostatTau: 3,
      drySequenceBreakers: ['.', ';'],
      logitBias: new Map([
        [5, 1.5],
        [6, -2],
        [7, -Infinity],
      ]),
    });
    // The sampler takes all of them.
    expect(new Sampler(options).seed).toBe(7);
  });

  it('take DRY its breakers', () => {
    expect(understood('--dry-sequence-breaker', 'none')).toEqual({ drySequenceBreakers: [] });
  });

  it.each([
    ['--typical', '1.5'],
    ['--mirostat', '3'],
    ['--xtc-probability', '-1'],
    ['--dry-allowed-length', '1.5'],
    ['-l', '5'],
    ['-l', '5+inf'],
    ['-l', 'x+1'],
  ])('refuse %s %s', (...words) => {
    expect(() => understood(...words)).toThrow();
  });
});
