import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MeanSum, PairSum, percentile } from '../src/statistics';

const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 11, maxLength: 50 });

/** The textbook formulas, in two passes. */
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const covariance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + (value - mean(a)) * ((b[i] ?? 0) - mean(b)), 0) /
  a.length /
  (a.length - 1);

describe('means and their errors', () => {
  it('are those of the textbook', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const sum = new MeanSum();
        for (const value of values) sum.add(value);
        expect(sum.estimate().value).toBeCloseTo(mean(values), 9);
        expect(sum.estimate().error ** 2).toBeCloseTo(covariance(values, values), 6);
      }),
    );
  });

  it('have an error that is not known below eleven samples, and no value without any', () => {
    const sum = new MeanSum();
    expect(sum.estimate()).toEqual({ value: NaN, error: NaN });
    for (let i = 0; i < 10; i++) sum.add(i);
    expect(sum.estimate()).toEqual({ value: 4.5, error: NaN });
    sum.add(10);
    expect(sum.estimate()).toEqual({ value: 5, error: 1 });
  });

  it('of two quantities: covariance, correlation, and the error of the difference', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const others = values.map((value, i) => value / 2 + i);
        const sum = new PairSum();
        values.forEach((value, i) => sum.add(value, others[i] ?? 0));
        expect(sum.covariance()).toBeCloseTo(covariance(values, others), 6);
        const differences = new MeanSum();
        values.forEach((value, i) => differences.add(value - (others[i] ?? 0)));
        expect(sum.difference().value).toBeCloseTo(differences.estimate().value, 9);
        expect(sum.difference().error).toBeCloseTo(differences.estimate().error, 4);
      }),
    );
  });

  it('correlate fully with themselves', () => {
    const sum = new PairSum();
    for (let i = 0; i < 20; i++) sum.add(i * i, 3 - 2 * i * i);
    expect(sum.correlation()).toBeCloseTo(-1, 9);
  });
});

describe('percentiles', () => {
  it('lie between samples by a straight line', () => {
    const sorted = Float64Array.of(0, 10, 20, 30);
    expect([0, 0.25, 0.5, 0.75, 1].map((fraction) => percentile(sorted, fraction))).toEqual([
      0, 7.5, 15, 22.5, 30,
    ]);
  });

  it('of one sample are that sample, and of none not a number', () => {
    expect(percentile(Float64Array.of(7), 0.99)).toBe(7);
    expect(percentile(new Float64Array(0), 0.5)).toBeNaN();
  });
});
