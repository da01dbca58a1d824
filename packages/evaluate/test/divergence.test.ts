import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Divergence, logSumExp, percentiles, Perplexity, toLogProbabilities } from '../src/index';
import { klDivergence } from '../src/divergence';

const logs = (...probabilities: number[]): Float32Array => Float32Array.from(probabilities, Math.log);

describe('logarithms of probabilities', () => {
  it('sum to one, however large the logits', () => {
    const logits = fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(logits, (values) => {
        const row = Float32Array.from(values);
        toLogProbabilities(row);
        expect(row.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 3);
      }),
    );
    expect(logSumExp(Float32Array.of(0, 0, 0, 0))).toBeCloseTo(Math.log(4), 12);
  });
});

describe('perplexity', () => {
  it('of a model that guesses among eight is eight', () => {
    const perplexity = new Perplexity();
    for (let i = 0; i < 20; i++) perplexity.add(-Math.log(8));
    expect(perplexity.estimate().value).toBeCloseTo(8, 9);
    expect(perplexity.estimate().error).toBeCloseTo(0, 6);
    expect(perplexity.count).toBe(20);
  });

  it('has the error of its mean loss, times itself', () => {
    const perplexity = new Perplexity();
    // Losses 0 to 10: mean 5, standard error 1.
    for (let loss = 0; loss <= 10; loss++) perplexity.add(-loss);
    expect(perplexity.estimate().value).toBeCloseTo(Math.exp(5), 9);
    expect(perplexity.estimate().error).toBeCloseTo(Math.exp(5), 9);
  });
});

describe('logits', () => {
  it('count as the logarithms of their probabilities do', () => {
    const [fromLogits, fromLogs] = [new Perplexity(), new Perplexity()];
    fromLogits.addLogits(Float32Array.of(1, 1 + Math.LN2, 1), 1);
    fromLogs.add(-Math.LN2);
    expect(fromLogits.loss().value).toBeCloseTo(fromLogs.loss().value, 6);
  });

  it('are none for a token that the vocabulary does not have', () => {
    expect(() => new Perplexity().addLogits(Float32Array.of(1, 2), 2)).toThrow('found 2, allowed 0 to 1');
  });
});

describe('divergence', () => {
  it('is that of Kullback and Leibler', () => {
    // By hand: 0.5 ln(0.5/0.25) + 0.25 ln(0.25/0.5) + 0.25 ln(0.25/0.25) = 0.25 ln 2.
    expect(klDivergence(logs(0.5, 0.25, 0.25), logs(0.25, 0.5, 0.25))).toBeCloseTo(0.25 * Math.LN2, 6);
  });

  it('leaves out what the base holds for next to impossible', () => {
    const base = Float32Array.of(0, -16.5);
    expect(klDivergence(base, Float32Array.of(0, -100))).toBe(0);
  });

  it('is nothing between a model and itself', () => {
    const divergence = new Divergence();
    for (let i = 0; i < 20; i++) divergence.add(logs(0.5, 0.3, 0.2), logs(0.5, 0.3, 0.2), i % 3);
    const report = divergence.report();
    expect(report.divergence.mean).toEqual({ value: 0, error: 0 });
    expect(report.sameTop).toEqual({ value: 1, error: 0 });
    expect(report.ratio.value).toBe(1);
    expect(report.rootMeanSquareChange).toEqual({ value: 0, error: 0 });
    expect(report.correlation).toBeCloseTo(1, 6);
  });

  it('is none of a token that the vocabulary does not have, or of two vocabularies', () => {
    const row = logs(0.5, 0.25, 0.25);
    for (const target of [-1, 3]) {
      expect(() => new Divergence().add(row, row, target)).toThrow(`found ${target}, allowed 0 to 2`);
    }
    for (const other of [logs(0.5, 0.5), logs(0.25, 0.25, 0.25, 0.25)]) {
      expect(() => new Divergence().add(row, other, 0)).toThrow(`found ${other.length} tokens, allowed 3`);
    }
  });

  it('reports what was counted', () => {
    const divergence = new Divergence();
    // Ten tokens as the base has them, ten with the two likeliest exchanged.
    const base = logs(0.5, 0.25, 0.25);
    const exchanged = logs(0.25, 0.5, 0.25);
    for (let i = 0; i < 20; i++) divergence.add(base, i < 10 ? base : exchanged, 0);
    const report = divergence.report();
    expect(report.tokens).toBe(20);
    expect(report.basePerplexity.value).toBeCloseTo(2, 6);
    expect(report.perplexity.value).toBeCloseTo(Math.sqrt(8), 5);
    expect(report.logRatio.value).toBeCloseTo(Math.LN2 / 2, 6);
    // Half ones and half zeros: the standard error of their mean is half of 1 / sqrt(19).
    expect(report.sameTop.value).toBe(0.5);
    expect(report.sameTop.error).toBeCloseTo(0.5 / Math.sqrt(19), 9);
    expect(report.divergence.mean.value).toBeCloseTo(0.125 * Math.LN2, 6);
    expect(report.divergence.maximum).toBeCloseTo(0.25 * Math.LN2, 6);
    expect(report.divergence.minimum).toBe(0);
    expect(report.probabilityChange.mean.value).toBeCloseTo(-0.125, 6);
    expect(report.rootMeanSquareChange.value).toBeCloseTo(0.25 / Math.SQRT2, 6);
    expect(Object.keys(report.probabilityChange.percentiles)).toHaveLength(percentiles.length);
    expect(report.probabilityChange.percentiles[50]).toBeCloseTo(-0.125, 6);
  });
});
