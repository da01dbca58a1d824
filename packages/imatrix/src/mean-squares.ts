import type { ImportanceEntry } from './types';

/** The experts of an entry that no row of the calibration text was routed to. */
export function unhitExperts({ counts }: ImportanceEntry): number[] {
  return [...counts.keys()].filter((expert) => counts[expert] === 0);
}

/**
 * The importance of the columns of a weight: the mean square of each column's activations, `(experts, columns)`.
 *
 * An expert that was never hit has no mean, and is given the best guess from the experts that were:
 * - of a matrix that reads what all experts of the layer read (gate and up): column by column, the mean over all rows
 *   that any expert saw;
 * - of `ffn_down`, whose columns are the expert's own neurons, of which the other experts know nothing: the same for every
 *   column, the mean of all those means;
 * - of a tensor that no row went through at all: 1 everywhere.
 *
 * ik_llama.cpp leaves out the whole tensor as soon as more than 5 % of its experts were never hit, and llama.cpp takes 1
 * for each column of such an expert.
 */
export function meanSquares(entry: ImportanceEntry): Float32Array {
  return new Float32Array(exactMeanSquares(entry));
}

/** As {@link meanSquares}, before rounding to float32. */
export function exactMeanSquares(entry: ImportanceEntry): Float64Array {
  const means = new Float64Array(entry.sums);
  const columns = means.length / entry.counts.length;
  for (const [expert, count] of entry.counts.entries()) {
    const end = (expert + 1) * columns;
    for (let i = expert * columns; i < end; i++) means[i] = (means[i] ?? NaN) / count;
  }
  const unhit = unhitExperts(entry);
  if (unhit.length === 0) return means;
  const guess = guessForUnhit(entry, columns);
  for (const expert of unhit) means.set(guess, expert * columns);
  return means;
}

function guessForUnhit({ name, sums, counts }: ImportanceEntry, columns: number): Float64Array {
  const guess = new Float64Array(columns);
  const rows = total(counts);
  if (rows === 0) return guess.fill(1);
  for (let i = 0; i < sums.length; i++) {
    const column = i % columns;
    guess[column] = (guess[column] ?? NaN) + (sums[i] ?? NaN) / rows;
  }
  return name.includes('ffn_down') ? guess.fill(total(guess) / columns) : guess;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
