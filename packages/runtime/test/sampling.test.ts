import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Sampler, type SamplingOptions } from '../src/index';
import { candidatesOf, probabilities, type Candidates } from '../src/sampling/candidates';
import { draw, mirostat, mirostat2 } from '../src/sampling/draw';
import { penalizeRepetition } from '../src/sampling/dry';
import { penalize } from '../src/sampling/penalties';
import { Random } from '../src/sampling/random';
import { applyTemperature, dynamicTemperature } from '../src/sampling/temperature';
import { excludeTopChoices, minP, topNSigma, topP, typicalP } from '../src/sampling/truncation';

/** Tokens 0, 1, ... of these probabilities; their logits are logarithms. */
function withProbabilities(...shares: number[]): Candidates {
  return candidatesOf(Float32Array.from(shares, Math.log));
}

function tokensOf({ tokens }: Candidates): number[] {
  return [...tokens];
}

const logitRows = fc
  .array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 30 })
  .map((values) => Float32Array.from(values));

describe('random numbers', () => {
  // From the authors' C code of splitmix64 and xoshiro128** (prng.di.unimi.it), compiled and run.
  test.each([
    [0, [3737715805, 2584255861, 2876756834, 3286328325, 1553311962, 1625202774]],
    [1, [1695105466, 1423115009, 634581793, 1068227753, 716759206, 4186505319]],
    [42, [1776835114, 4165204688, 17111135, 2317295270, 2792088233, 2554630222]],
    [2 ** 53 - 1, [1233166643, 1287031142, 661813442, 2960669951, 2601079046, 1036114921]],
  ])('of seed %d are those of xoshiro128** with a state from splitmix64', (seed, words) => {
    const random = new Random(seed);
    expect(words.map(() => random.word())).toEqual(words);
  });

  test('fractions are made of 53 bits of two words', () => {
    const words = new Random(7);
    const [high, low] = [words.word() >>> 5, words.word() >>> 6];
    expect(new Random(7).fraction()).toBe(high / 2 ** 27 + low / 2 ** 53);
  });
});

describe('candidates', () => {
  test('are the likeliest first, the lower token first among equals, as many as asked for', () => {
    fc.assert(
      fc.property(logitRows, fc.nat(40), (logits, limit) => {
        const sorted = [...logits.keys()].sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
        expect(tokensOf(candidatesOf(logits))).toEqual(sorted);
        expect(tokensOf(candidatesOf(logits, limit))).toEqual(sorted.slice(0, limit));
      }),
    );
  });

  test('long rows are sorted as short ones are picked', () => {
    const random = new Random(1);
    const logits = Float32Array.from({ length: 5000 }, () => Math.fround(random.fraction() * 9 - 4.5));
    const all = tokensOf(candidatesOf(logits, 300));
    expect(tokensOf(candidatesOf(logits, 256))).toEqual(all.slice(0, 256));
    expect(tokensOf(candidatesOf(logits))).toHaveLength(5000);
  });

  test('leave out what is banned', () => {
    const logits = Float32Array.of(1, -Infinity, 2, -Infinity);
    expect(tokensOf(candidatesOf(logits))).toEqual([2, 0]);
    expect(tokensOf(candidatesOf(logits, 3))).toEqual([2, 0]);
  });

  test('have the probabilities of a softmax', () => {
    const shares = probabilities(withProbabilities(0.1, 0.2, 0.3, 0.4));
    [0.4, 0.3, 0.2, 0.1].forEach((share, place) => expect(shares[place]).toBeCloseTo(share, 6));
  });
});

describe('what cuts candidates', () => {
  const four = withProbabilities(0.1, 0.2, 0.3, 0.4);

  // The cases of llama.cpp's tests/test-sampling.cpp, by the tokens that are left.
  test.each([
    [0, [3]],
    [0.69, [3, 2]],
    [0.8, [3, 2, 1]],
    [1, [3, 2, 1, 0]],
  ])('top-p %d', (p, left) => {
    expect(tokensOf(topP(four, p, 0))).toEqual(left);
  });

  test.each([
    [0, [3, 2, 1, 0]],
    [0.24, [3, 2, 1, 0]],
    [0.26, [3, 2, 1]],
    [0.49, [3, 2, 1]],
    [0.51, [3, 2]],
    [0.74, [3, 2]],
    [0.76, [3]],
    [1, [3]],
  ])('min-p %d', (p, left) => {
    expect(tokensOf(minP(four, p, 0))).toEqual(left);
  });

  test('typical', () => {
    expect(tokensOf(typicalP(withProbabilities(0.97, 0.01, 0.01, 0.01), 0.5, 0))).toEqual([0]);
    expect(tokensOf(typicalP(withProbabilities(0.4, 0.2, 0.2, 0.2), 0.5, 0))).toEqual([1, 2, 3]);
    expect(typicalP(four, 1, 0)).toBe(four);
  });

  test('XTC leaves the last of the top choices', () => {
    expect(tokensOf(excludeTopChoices(four, 0.09, 0))).toEqual([0]);
    expect(tokensOf(excludeTopChoices(four, 0.25, 0))).toEqual([2, 1, 0]);
    expect(tokensOf(excludeTopChoices(four, 0.35, 0))).toEqual([3, 2, 1, 0]);
    expect(tokensOf(excludeTopChoices(four, 0.51, 0))).toEqual([3, 2, 1, 0]);
    expect(tokensOf(excludeTopChoices(four, 0.09, 2))).toEqual([3, 2, 1, 0]);
  });

  test('top-n-sigma bans what is far below the best', () => {
    // Mean 0, standard deviation 2: with n = 1 what is below 3 - 2 goes.
    const logits = Float32Array.of(3, 1, -1, -3, 1, -1);
    const sigma = Math.sqrt((9 + 1 + 1 + 9 + 1 + 1) / 6);
    const row = logits.slice();
    topNSigma(row, 1);
    expect([...row]).toEqual([...logits].map((logit) => (logit >= 3 - sigma ? logit : -Infinity)));
    const wide = logits.slice();
    topNSigma(wide, 2.2);
    expect(wide.filter((logit) => logit > -Infinity)).toHaveLength(5);
    const off = Float32Array.of(-Infinity, 1, 2);
    topNSigma(off, 0);
    expect([...off]).toEqual([-Infinity, 1, 2]);
  });

  test('keeps as many as it is told to', () => {
    expect(tokensOf(topP(four, 0.1, 3))).toEqual([3, 2, 1]);
    expect(tokensOf(minP(four, 1, 2))).toEqual([3, 2]);
    expect(tokensOf(typicalP(withProbabilities(0.97, 0.01, 0.01, 0.01), 0.5, 2))).toHaveLength(2);
  });
});

describe('temperature', () => {
  test('divides logits', () => {
    expect([...applyTemperature(withProbabilities(0.25, 0.75), 0.5).logits]).toEqual(
      [Math.log(0.75), Math.log(0.25)].map((logit) => Math.fround(Math.fround(logit) / 0.5)),
    );
  });

  test('that is dynamic goes from one end to the other with the entropy', () => {
    const options = { temperature: 1, range: 0.5, exponent: 2 };
    expect(dynamicTemperature(withProbabilities(0.25, 0.25, 0.25, 0.25), options)).toBeCloseTo(1.5, 6);
    expect(dynamicTemperature(withProbabilities(1, 1e-30), options)).toBeCloseTo(0.5, 6);
    const entropy = -(0.9 * Math.log(0.9) + 0.1 * Math.log(0.1)) / Math.log(2);
    expect(dynamicTemperature(withProbabilities(0.9, 0.1), options)).toBeCloseTo(0.5 + entropy ** 2, 6);
    expect(dynamicTemperature(withProbabilities(0.9, 0.1), { ...options, range: 3 })).toBeCloseTo(
      4 * entropy ** 2,
      5,
    );
    expect(dynamicTemperature(withProbabilities(1), options)).toBe(1);
  });
});

describe('penalties', () => {
  // llama.cpp's tests/test-sampling.cpp: five tokens of 0.2 each.
  const none = { repeatPenalty: 1, frequencyPenalty: 0, presencePenalty: 0 };
  test.each([
    [[0], { ...none, repeatPenalty: 50 }, [0, 0.25, 0.25, 0.25, 0.25]],
    [[0, 1, 2, 0, 0], { ...none, repeatPenalty: 50 }, [0, 0, 0, 0.5, 0.5]],
    [
      [0],
      { ...none, frequencyPenalty: 5, presencePenalty: 5 },
      [0.000011, 0.249997, 0.249997, 0.249997, 0.249997],
    ],
    [
      [0, 1, 2, 0, 0],
      { ...none, frequencyPenalty: 5, presencePenalty: 5 },
      [0, 0.000023, 0.000023, 0.499977, 0.499977],
    ],
  ])('after %j with %j', (recent, options, expected) => {
    const logits = Float32Array.from({ length: 5 }, () => Math.log(0.2));
    penalize(logits, recent, options);
    const candidates = candidatesOf(logits);
    const shares = probabilities(candidates);
    for (const [place, token] of candidates.tokens.entries()) {
      expect(shares[place]).toBeCloseTo(expected[token] ?? NaN, 5);
    }
  });

  test('a positive logit is divided', () => {
    const logits = Float32Array.of(3, 3, -3);
    penalize(logits, [0, 2], { ...none, repeatPenalty: 2 });
    expect([...logits]).toEqual([1.5, 3, -6]);
  });
});

describe('DRY', () => {
  const options = { multiplier: 2, base: 1.5, allowedLength: 2, breakers: new Map<number, number[][]>() };

  /** The definition, by trying everything: how long a passage before an earlier `token` is the end of the text too. */
  function longestRepeat(recent: readonly number[], token: number): number {
    let longest = 0;
    recent.forEach((earlier, at) => {
      let length = 0;
      while (length < at && recent[at - 1 - length] === recent[recent.length - 1 - length]) length++;
      if (earlier === token) longest = Math.max(longest, length);
    });
    return longest;
  }

  test('takes multiplier * base^(length - allowed) from what would go on with a repeated passage', () => {
    const texts = fc.array(fc.nat(3), { maxLength: 40 });
    fc.assert(
      fc.property(texts, (recent) => {
        const logits = new Float32Array(5);
        penalizeRepetition(logits, recent, options);
        for (const [token, logit] of logits.entries()) {
          const length = longestRepeat(recent, token);
          const penalty = recent.length > 2 && length >= 2 ? 2 * 1.5 ** (length - 2) : 0;
          expect(logit).toBeCloseTo(-penalty, -Math.log10(1e-5 * (1 + penalty)));
        }
      }),
    );
  });

  test('looks no further back than the last breaker', () => {
    // 7 ends passages: of 1 2 3 7 1 2 only the last two tokens count, and of the token 7 nothing is taken.
    const after = (recent: number[], breakers: [number, number[][]][]): number[] => {
      const logits = new Float32Array(9);
      penalizeRepetition(logits, recent, { ...options, breakers: new Map(breakers) });
      return [...logits];
    };
    expect(after([4, 1, 2, 3, 4, 1, 2], [])[3]).toBe(-3);
    expect(after([4, 1, 2, 3, 4, 1, 2], [[4, [[]]]])[3]).toBe(-2);
    expect(after([1, 2, 3, 2, 1, 2], [[1, [[]]]])[3]).toBe(0);
    expect(after([1, 2, 7, 1, 2], [[7, [[]]]])[7]).toBe(0);
    expect(after([1, 2, 7, 1, 2], [[7, [[5]]]])[7]).toBe(-2);
    // A breaker of two tokens, 6 then 1, ends where its last token does.
    expect(after([6, 1, 2, 3, 8, 6, 1, 2, 3], [[6, [[1]]]])[8]).toBe(-2);
    expect(after([6, 1, 2, 3, 8, 6, 1, 2, 3], [[6, [[2]]]])[8]).toBe(-4.5);
  });

  test('stays finite', () => {
    const logits = new Float32Array(2);
    penalizeRepetition(logits, new Array<number>(1000).fill(1), options);
    expect(Number.isFinite(logits[1])).toBe(true);
    expect(logits[1]).toBeLessThan(-1e20);
  });
});

describe('dice', () => {
  test('fall as often as probabilities say', () => {
    const random = new Random(3);
    const counts = [0, 0, 0];
    const candidates = withProbabilities(0.6, 0.3, 0.1);
    for (let i = 0; i < 20_000; i++) {
      const place = draw(candidates, random);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    // Four standard deviations: sqrt(20000 * 0.6 * 0.4) is 69.
    [12_000, 6000, 2000].forEach((expected, place) => {
      expect(Math.abs((counts[place] ?? 0) - expected)).toBeLessThan(4 * 69);
    });
  });

  test('mirostat 2 lets through what surprises little enough, and adapts', () => {
    const candidates = withProbabilities(0.5, 0.25, 0.125, 0.125);
    for (let seed = 0; seed < 50; seed++) {
      const drawn = mirostat2(candidates, { tau: 1, eta: 0.5, mu: 2.5 }, new Random(seed));
      expect([0, 1]).toContain(drawn.token);
      const surprise = -Math.log2(drawn.token === 0 ? 2 / 3 : 1 / 3);
      expect(drawn.mu).toBeCloseTo(2.5 - 0.5 * (surprise - 1), 6);
    }
    expect(mirostat2(candidates, { tau: 1, eta: 0.5, mu: 0.1 }, new Random(1)).token).toBe(0);
  });

  test('mirostat cuts to as many as would give the surprise that is let through', () => {
    // Zipf's law with the exponent 2: the estimate of the exponent is exact, so k follows from the paper's equation.
    const size = 50;
    const weights = Array.from({ length: size }, (_, rank) => (rank + 1) ** -2);
    const total = weights.reduce((sum, one) => sum + one, 0);
    const candidates = withProbabilities(...weights.map((weight) => weight / total));
    const mu = 3;
    const k = Math.floor(Math.sqrt((1 * 2 ** mu) / (1 - size ** -1)));
    expect(k).toBe(2);
    const seen = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const { token, mu: next } = mirostat(candidates, { tau: 1, eta: 0.1, mu }, size, new Random(seed));
      seen.add(token);
      const surprise = -Math.log2((weights[token] ?? 0) / total);
      expect(next).toBeCloseTo(mu - 0.1 * (surprise - 1), 4);
    }
    expect([...seen].sort()).toEqual([0, 1]);
  });
});

describe('a sampler', () => {
  const logits = Float32Array.from({ length: 50 }, (_, token) => Math.sin(token * token) * 3);
  const best = logits.indexOf(Math.max(...logits));

  function sampled(options: SamplingOptions, count = 30): number[] {
    const sampler = new Sampler(options);
    return Array.from({ length: count }, () => {
      const token = sampler.sample(logits);
      sampler.accept(token);
      return token;
    });
  }

  test('chooses again what its seed gives', () => {
    for (const mirostatVersion of [0, 1, 2] as const) {
      const options = { seed: 5, mirostat: mirostatVersion, xtcProbability: 0.5 };
      expect(sampled(options)).toEqual(sampled(options));
      expect(sampled(options)).not.toEqual(sampled({ ...options, seed: 6 }));
    }
    const thrown = new Sampler();
    const again = new Sampler({ seed: thrown.seed });
    for (let i = 0; i < 10; i++) expect(thrown.sample(logits)).toBe(again.sample(logits));
  });

  test('leaves the logits as they are', () => {
    const before = logits.slice();
    sampled({ logitBias: new Map([[1, 3]]), repeatPenalty: 2, dryMultiplier: 1, topNSigma: 1 });
    expect(logits).toEqual(before);
  });

  test('takes the likeliest at temperature 0, or with top-k 1', () => {
    expect(new Set(sampled({ temperature: 0 }))).toEqual(new Set([best]));
    expect(new Set(sampled({ topK: 1 }))).toEqual(new Set([best]));
    expect(new Set(sampled({ temperature: 1, dynatempRange: 1, topK: 1 }))).toEqual(new Set([best]));
  });

  test('of equal logits takes the lower token', () => {
    expect(new Sampler({ temperature: 0 }).sample(Float32Array.of(0, 1, 1))).toBe(1);
  });

  test('bans and prefers tokens by bias', () => {
    const banned = new Map(
      [...logits.keys()].filter((token) => token !== 7).map((token) => [token, -Infinity]),
    );
    expect(new Set(sampled({ logitBias: banned }))).toEqual(new Set([7]));
    expect(new Set(sampled({ temperature: 0, logitBias: new Map([[9, 100]]) }))).toEqual(new Set([9]));
  });

  test('penalties look at the last tokens, as many as asked for', () => {
    const sampler = new Sampler({ temperature: 0, presencePenalty: 100, penaltyLastN: 2 });
    const row = Float32Array.of(5, 4, 3, 2);
    const chosen = Array.from({ length: 6 }, () => {
      const token = sampler.sample(row);
      sampler.accept(token);
      return token;
    });
    expect(chosen).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test('has the cuts in their order: top-k before top-p', () => {
    // 0.4 of everything, but 0.67 of the two that top-k leaves.
    const row = Float32Array.from([0.4, 0.2, 0.2, 0.2], Math.log);
    const tokens = new Set(
      Array.from({ length: 50 }, (_, seed) => new Sampler({ seed, topK: 2, topP: 0.6, minP: 0 }).sample(row)),
    );
    expect(tokens).toEqual(new Set([0]));
  });

  test.each([
    ['a logit that is no number', 'not-finite', Float32Array.of(0, NaN, 1)],
    ['an infinite logit', 'not-finite', Float32Array.of(0, Infinity, 1)],
    ['no token left', 'no-token', Float32Array.of(-Infinity, -Infinity)],
  ])('refuses %s', (_, code, row) => {
    for (const temperature of [0, 1]) {
      expect(() => new Sampler({ temperature }).sample(row)).toThrow(expect.objectContaining({ code }));
    }
  });

  test.each<SamplingOptions>([
    { temperature: -1 },
    { temperature: NaN },
    { topK: 1.5 },
    { topP: 1.1 },
    { minP: -0.1 },
    { repeatPenalty: 0 },
    { penaltyLastN: -2 },
    { seed: -1 },
    { seed: 2 ** 53 },
    { logitBias: new Map([[1, NaN]]) },
  ])('refuses %o', (options) => {
    expect(() => new Sampler(options)).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});
