import { cosineOf, distributionOf, type ColumnDistribution } from './distribution';
import { unhitExperts } from './mean-squares';
import type { ImportanceEntry, ImportanceMatrix } from './types';

/**
 * What an importance matrix says of one tensor. All figures are of the mean squares of its columns; the columns of
 * experts that were never hit are left out.
 */
export interface TensorStatistics extends ColumnDistribution {
  readonly tensor: string;
  /** The layer that the tensor's name tells, such as 3 of `blk.3.ffn_up.weight`. */
  readonly layer: number | undefined;
  readonly experts: number;
  /** Experts that no row was routed to. */
  readonly unhitExperts: readonly number[];
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
  return {
    tensor: entry.name,
    layer,
    experts: entry.counts.length,
    unhitExperts: unhitExperts(entry),
    ...distributionOf(values),
    cosineSimilarity: layer === undefined ? undefined : similarityToLayerBefore(entry, layer, matrix),
  };
}

function similarityToLayerBefore(
  { name, sums }: ImportanceEntry,
  layer: number,
  { entries }: ImportanceMatrix,
): number | undefined {
  const before = entries.get(name.replace(LAYER_IN_NAME, `blk.${layer - 1}.`))?.sums;
  return before?.length === sums.length ? cosineOf(sums, before) : undefined;
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
