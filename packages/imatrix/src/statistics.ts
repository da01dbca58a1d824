import { unhitExperts } from './mean-squares';
import type { ImportanceEntry, ImportanceMatrix } from './types';

/**
 * What an importance matrix says of one tensor. All figures are of the mean squares of its columns; the columns of
 * experts that were never hit are left out.
 */
export interface TensorStatistics {
  readonly tensor: string;
  /** The layer that the tensor's name tells, such as 3 of `blk.3.ffn_up.weight`. */
  readonly layer: number | undefined;
  readonly experts: number;
  /** Experts that no row was routed to. */
  readonly unhitExperts: readonly number[];
  /** Columns of all experts that were hit. */
  readonly valueCount: number;
  readonly sum: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly standardDeviation: number;
  /** Share of the columns whose mean square is more than {@link INACTIVE_MEAN_SQUARE}. */
  readonly activeShare: number;
  /** Entropy of the mean squares, taken as the probabilities of the columns, in bits. */
  readonly entropy: number;
  /** Entropy relative to the largest possible, `log2(valueCount)`: 1 where all columns matter alike. */
  readonly relativeEntropy: number;
  /** Share of the columns that lie more than one standard deviation above the mean. */
  readonly zScoreDensity: number;
  /** Cosine of the angle to the sums of the same tensor in the layer before; `undefined` where that has no like entry. */
  readonly cosineSimilarity: number | undefined;
}

/** The tensors of one layer, averaged, each weighing as much as it has columns. */
export interface LayerStatistics {
  readonly layer: number;
  readonly sum: number;
  readonly zScoreDensity: number;
  /** `undefined` where no tensor of the layer has one. */
  readonly cosineSimilarity: number | undefined;
}

/** Statistics of a whole importance matrix. */
export interface ImportanceStatistics {
  /** In the order of the matrix; a tensor that no row went through has none. */
  readonly tensors: readonly TensorStatistics[];
  /** From the first layer to the last. */
  readonly layers: readonly LayerStatistics[];
}

/** A column below this mean square is as good as never used. */
const INACTIVE_MEAN_SQUARE = 1e-5;

const LAYER_IN_NAME = /blk\.(\d{1,6})\./;

/**
 * The figures that `llama-imatrix --show-statistics` of llama.cpp prints, in double precision: `compute_statistics`,
 * `compute_cossim` and `show_statistics` in `tools/imatrix/imatrix.cpp`. The z-score density is that of section 3.1 of
 * "Layer-Wise Quantization" (arXiv 2406.17415).
 *
 * Where llama.cpp counts a similarity of 0 for a tensor whose layer before has none, it is left out here.
 */
export function importanceStatistics(matrix: ImportanceMatrix): ImportanceStatistics {
  const tensors = [...matrix.entries.values()].flatMap((entry) => {
    const values = hitMeanSquares(entry);
    return values.length === 0 ? [] : [tensorStatistics(entry, values, matrix)];
  });
  return { tensors, layers: layerStatistics(tensors) };
}

/** The mean squares of the experts that were hit. */
function hitMeanSquares({ sums, counts }: ImportanceEntry): Float64Array {
  const columns = sums.length / counts.length;
  const hit = counts.reduce((experts, count) => (count > 0 ? experts + 1 : experts), 0);
  const values = new Float64Array(hit * columns);
  let end = 0;
  for (const [expert, count] of counts.entries()) {
    if (count === 0) continue;
    for (let column = 0; column < columns; column++)
      values[end++] = (sums[expert * columns + column] ?? NaN) / count;
  }
  return values;
}

function tensorStatistics(
  entry: ImportanceEntry,
  values: Float64Array,
  matrix: ImportanceMatrix,
): TensorStatistics {
  const layer = layerOf(entry.name);
  const count = values.length;
  const sum = sumOf(values, (value) => value);
  const mean = sum / count;
  const standardDeviation = Math.sqrt(sumOf(values, (value) => (value - mean) ** 2) / count);
  const entropy = entropyOf(values, sum);
  return {
    tensor: entry.name,
    layer,
    experts: entry.counts.length,
    unhitExperts: unhitExperts(entry),
    valueCount: count,
    sum,
    mean,
    min: values.reduce((least, value) => Math.min(least, value), Infinity),
    max: values.reduce((most, value) => Math.max(most, value), 0),
    standardDeviation,
    activeShare: sumOf(values, (value) => (value > INACTIVE_MEAN_SQUARE ? 1 : 0)) / count,
    entropy,
    relativeEntropy: count === 1 ? 1 : entropy / Math.log2(count),
    zScoreDensity: sumOf(values, (value) => (value > mean + standardDeviation ? 1 : 0)) / count,
    cosineSimilarity: layer === undefined ? undefined : similarityToLayerBefore(entry, layer, matrix),
  };
}

/** Entropy in bits of values that are not normalized; 0 where all are 0. */
function entropyOf(values: Float64Array, sum: number): number {
  return sumOf(values, (value) => {
    const share = value / sum;
    return share > 0 ? -share * Math.log2(share) : 0;
  });
}

function similarityToLayerBefore(
  { name, sums }: ImportanceEntry,
  layer: number,
  { entries }: ImportanceMatrix,
): number | undefined {
  const before = entries.get(name.replace(LAYER_IN_NAME, `blk.${layer - 1}.`))?.sums;
  if (before?.length !== sums.length) return undefined;
  const product = sumOf(sums, (sum, index) => sum * (before[index] ?? NaN));
  const lengths = Math.sqrt(sumOf(sums, (sum) => sum ** 2)) * Math.sqrt(sumOf(before, (sum) => sum ** 2));
  return lengths > 0 ? product / lengths : undefined;
}

function layerStatistics(tensors: readonly TensorStatistics[]): LayerStatistics[] {
  const byLayer = new Map<number, TensorStatistics[]>();
  for (const row of tensors) {
    if (row.layer === undefined) continue;
    const rows = byLayer.get(row.layer);
    if (rows === undefined) byLayer.set(row.layer, [row]);
    else rows.push(row);
  }
  return [...byLayer]
    .sort(([a], [b]) => a - b)
    .map(([layer, rows]) => ({
      layer,
      sum: weightedMean(rows, ({ sum }) => sum) ?? NaN,
      zScoreDensity: weightedMean(rows, ({ zScoreDensity }) => zScoreDensity) ?? NaN,
      cosineSimilarity: weightedMean(rows, ({ cosineSimilarity }) => cosineSimilarity),
    }));
}

/** The mean of a figure over the tensors that have it, weighted by their columns. */
function weightedMean(
  rows: readonly TensorStatistics[],
  figure: (row: TensorStatistics) => number | undefined,
): number | undefined {
  const having = rows.flatMap((row) => {
    const value = figure(row);
    return value === undefined ? [] : [{ value, weight: row.valueCount }];
  });
  const weight = having.reduce((sum, one) => sum + one.weight, 0);
  return weight === 0 ? undefined : having.reduce((sum, one) => sum + one.value * one.weight, 0) / weight;
}

function layerOf(tensor: string): number | undefined {
  const digits = LAYER_IN_NAME.exec(tensor)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function sumOf(values: Float32Array | Float64Array, term: (value: number, index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += term(values[i] ?? NaN, i);
  return sum;
}
