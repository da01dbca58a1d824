import { describe, expect, it } from 'vitest';
import { meanSquares, unhitExperts, type ImportanceEntry } from '../src/index';

function entry(name: string, sums: readonly number[], counts: readonly number[]): ImportanceEntry {
  return { name, sums: Float64Array.from(sums), counts: Float64Array.from(counts) };
}

describe('meanSquares', () => {
  it('divides the sums of each expert by its rows', () => {
    const two = entry('blk.0.ffn_up_exps.weight', [2, 4, 9, 12], [2, 3]);
    expect(meanSquares(two)).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(unhitExperts(two)).toEqual([]);
  });

  it('gives an expert that was never hit the mean over all rows of the others, column by column', () => {
    const up = entry('blk.0.ffn_up_exps.weight', [2, 4, 0, 0, 30, 60], [2, 0, 6]);
    expect(meanSquares(up)).toEqual(Float32Array.of(1, 2, 4, 8, 5, 10));
    expect(unhitExperts(up)).toEqual([1]);
  });

  it('gives its ffn_down, whose columns are its own neurons, the same for every column', () => {
    const down = entry('blk.0.ffn_down_exps.weight', [2, 4, 0, 0, 30, 60], [2, 0, 6]);
    expect(meanSquares(down)).toEqual(Float32Array.of(1, 2, 6, 6, 5, 10));
  });

  it('is 1 everywhere where no row went through', () => {
    expect(meanSquares(entry('a_exps', [0, 0, 0, 0], [0, 0]))).toEqual(Float32Array.of(1, 1, 1, 1));
  });
});
